import {
  type Aim,
  type Ending,
  FAR,
  inOrder,
  type Item,
  type Job,
  type Pending,
  type Presence,
  type Step,
  type Turn,
  type View,
} from "./steps.ts";

type Kind<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** What the outside may count on: changed by nothing but what an object has acknowledged. */
export class Model {
  readonly fields = { mark: 0, small: 0, grouped: 0, wide: 0 };
  readonly map = new Map<string, number>();
  readonly set = new Set<string>();
  list: number[] = [];
  /** The alarms that stay pending, by name and key. */
  readonly far = new Map<string, Pending>();
  /** The job of each name and key that has to run soon; one that is replaced or taken off may have run before. */
  readonly near = new Map<string, Job>();
  /** The tokens of all jobs that were ever to run soon: no other may have run. */
  readonly tokens = new Set<string>();
  /** Every item to be delivered, in the order in which it was collected. */
  readonly items: Item[] = [];
  /** The open sockets, by the number that their command has. */
  readonly sockets = new Map<number, Presence>();
  opened = 0;
  left = -1;
  /** True once something may have been cut short: what runs at least once may have run twice. */
  wasCut = false;
  /** True once what was given up may have been tried again. */
  wasRetried = false;

  /** What `turn` does when it is acknowledged, or refused in a way that says whether it was kept. */
  apply({ steps, ending }: Turn): void {
    if (keeps(ending)) for (const step of steps) this.#doing[step.kind](step as never);
  }

  /** What the object is to say of itself. */
  view(): View {
    const { fields, map, set, list, far, sockets, left } = this;
    return {
      ...fields,
      map: [...map].toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
      set: [...set].toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
      list,
      sizes: [map.size, set.size, list.length],
      pending: inOrder(far.values()),
      left,
      sockets: [...sockets.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    };
  }

  readonly #doing: { readonly [K in Step["kind"]]: (step: Kind<K>) => void } = {
    assign: ({ field, value }) => (this.fields[field] = value),
    set: ({ key, value }) => this.map.set(key, value),
    delete: ({ key }) => this.map.delete(key),
    add: ({ key }) => this.set.add(key),
    remove: ({ key }) => this.set.delete(key),
    push: ({ value }) => this.list.push(value),
    unshift: ({ value }) => this.list.unshift(value),
    pop: () => this.list.pop(),
    shift: () => this.list.shift(),
    clear: () => this.#clear(),
    schedule: (step) => this.#schedule(step, { due: FAR + step.job.after }),
    recur: (step) => this.#recur(step),
    cancel: (aim) => this.#takeOff(aim),
    collect: ({ items }) => this.items.push(...items),
    retry: () => (this.wasRetried = true),
  };

  #clear(): void {
    this.map.clear();
    this.set.clear();
    this.list = [];
  }

  #schedule({ name, key, due, job }: Kind<"schedule" | "recur">, far: Pick<Pending, "due">): void {
    this.#takeOff({ name, key });
    if (due === "far") this.far.set(labelOf({ name, key }), { name, key, ...far, token: job.token });
    else this.#hurry({ name, key }, job);
  }

  #recur(step: Kind<"recur">): void {
    const before = this.far.get(labelOf(step));
    if (step.ensures && before && before.due === undefined) return;
    this.#schedule({ ...step, job: { ...step.job, recurs: true } }, { due: undefined });
  }

  #hurry(aim: Aim, job: Job): void {
    this.near.set(labelOf(aim), job);
    this.tokens.add(job.token);
    if (job.echoes) this.tokens.add(`${job.token}+`);
  }

  #takeOff(aim: Aim): void {
    this.far.delete(labelOf(aim));
    this.near.delete(labelOf(aim));
  }
}

function labelOf({ name, key }: Aim): string {
  return `${name} ${key}`;
}

/** True for the endings that keep what the turn changed. */
export function keeps(ending: Ending): boolean {
  return ending === "reply" || ending === "throw";
}
