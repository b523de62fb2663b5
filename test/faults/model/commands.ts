import type { AsyncCommand } from "fast-check";
import { expect } from "vitest";
import type { Model } from "./model.ts";
import type { Door, Real } from "./real.ts";
import { settle } from "./settled.ts";
import type { Turn } from "./steps.ts";

type Act = (model: Model, real: Real) => Promise<void>;

/** One thing done to the object; afterwards the object says what the model says. */
export class Command implements AsyncCommand<Model, Real> {
  readonly #title: string;
  readonly #act: Act;
  readonly #isPossible: (model: Pick<Model, "sockets">) => boolean;

  constructor(title: string, act: Act, isPossible: (model: Pick<Model, "sockets">) => boolean = () => true) {
    this.#title = title;
    this.#act = act;
    this.#isPossible = isPossible;
  }

  check(model: Readonly<Model>): boolean {
    return this.#isPossible(model);
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#act(model, real);
    expect(await real.look()).toEqual(model.view());
  }

  toString(): string {
    return this.#title;
  }
}

/** Changes made together, by one of the ways into an object. */
export function turn(turn: Turn, door: Door): Command {
  return new Command(`${door} ${JSON.stringify(turn)}`, async (model, real) => {
    await real.perform(turn, door);
    model.apply(turn);
    if (turn.ending === "abort" || turn.ending === "failed commit") await lost(model, real);
  });
}

/** The same by the first open socket, which counts its messages. */
export function message(turn: Turn): Command {
  const title = `message ${JSON.stringify(turn)}`;
  const act: Act = async (model, real) => {
    const [number, socket] = [...model.sockets][0]!;
    await real.perform(turn, number);
    model.sockets.set(number, { ...socket, said: socket.said + 1 });
    model.apply(turn);
    if (turn.ending === "abort" || turn.ending === "failed commit") await lost(model, real);
  };
  return new Command(title, act, hasSocket);
}

/** A client connects. */
export function opening(): Command {
  return new Command("open", async (model, real) => {
    const number = ++model.opened;
    model.sockets.set(number, { id: await real.open(number), said: 0 });
  });
}

/** The client that is there for the longest time goes. */
export function closing(): Command {
  const act: Act = async (model, real) => {
    const [number] = [...model.sockets.keys()] as [number];
    await real.close(number);
    model.sockets.delete(number);
    model.left = model.sockets.size;
  };
  return new Command("close", act, hasSocket);
}

function hasSocket({ sockets }: Pick<Model, "sockets">): boolean {
  return sockets.size > 0;
}

/** The same while the server is killed: either all of it or nothing was kept. */
export function killedTurn({ steps }: Turn, after: number): Command {
  return new Command(`killed after ${after} ms ${JSON.stringify(steps)}`, async (model, real) => {
    const mark = { kind: "assign", field: "mark", value: model.fields.mark + 1 } as const;
    const marked = { steps: [mark, ...steps], ending: "reply" } as const;
    await real.performUntilKilled(marked, after);
    await lost(model, real);
    if ((await real.look()).mark === mark.value) model.apply(marked);
  });
}

/** Whatever is due soon is waited for. */
export function settling(): Command {
  return new Command("settle", settle);
}

/** The object is taken out of memory while it is idle. */
export function eviction(): Command {
  return new Command("evict", (_, real) => real.evict());
}

/** The process is killed while the object is idle. */
export function restart(): Command {
  return new Command("restart", async (model, real) => {
    await real.restart();
    await lost(model, real);
  });
}

/** The object went down in the middle of whatever it did. */
async function lost(model: Model, real: Real): Promise<void> {
  model.wasCut = true;
  model.sockets.clear();
  await real.socketsClosed();
}
