import { adopt } from "../../platform/adopt.ts";
import { MockStorage } from "../storage/storage.ts";
import type { Tenant } from "../storage/tenant.ts";
import type { Entry } from "../time/entry.ts";
import { advanceTo, isoOf, patiently } from "../time/wait.ts";
import { holdFetch } from "./by-hand.ts";
import { currentWake, running } from "./context.ts";
import { resetError } from "./errors.ts";
import { InputGate, type Section } from "./gate.ts";
import type { Home } from "./home.ts";
import { MockState } from "./state.ts";

/** One life of an object in memory: its instance, and the gates between it and the world. */
export class Wake implements Tenant {
  readonly home: Home;
  readonly gate = new InputGate();
  readonly storage: MockStorage;
  readonly state: MockState;
  /** What its code waits for by timers; none of it comes when the wake is over. */
  readonly timers = new Set<Entry>();
  readonly #over = Promise.withResolvers<never>();
  #object: object | undefined;
  readonly #running = new Set<{ readonly name: string }>();
  #idle: (() => void)[] = [];
  isOver = false;
  /** Why it was reset, if it was. */
  failure: unknown;

  constructor(home: Home) {
    this.home = home;
    this.storage = new MockStorage(home.disk, home.alarm, this);
    this.state = new MockState(this);
    this.#over.promise.catch(() => {}); // whoever waits for it hears of it
  }

  /** The instance. */
  get object(): object {
    if (!this.#object) throw new Error("No object was made with this state yet: write `new YourObject(state, env)`.");
    return this.#object;
  }

  /** Takes `object` for the one that was made with its state. */
  [adopt](object: object): void {
    this.#object ??= object;
    if (!this.home.Class) holdFetch(object, this);
  }

  /** Makes the instance. */
  construct(): void {
    const { Class, env } = this.home;
    this.#object = this.inside(() => new Class!(this.state as unknown as DurableObjectState, env));
  }

  /** Runs `work` as this object's code, for as long as it awaits. */
  inside<Result>(work: () => Result, section?: Section): Result {
    return running.run({ wake: this, section }, work);
  }

  /** Runs one event when the input gate is open; its result leaves when what it wrote is on disk. */
  async run<Result>(event: (object: object) => Result, name: string): Promise<Awaited<Result>> {
    const run = { name };
    this.#running.add(run);
    try {
      await Promise.race([this.gate.enter(undefined), this.#over.promise]);
      const work = new Promise<Result>((resolve) => resolve(this.inside(() => event(this.object))));
      return await Promise.race([work, this.#over.promise]);
    } finally {
      await this.#written();
      this.#running.delete(run);
      if (this.#running.size === 0) for (const tell of this.#idle.splice(0)) tell();
    }
  }

  /** Resolves when no event runs. */
  async idle(): Promise<void> {
    if (this.#running.size === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#idle.push(idle.resolve);
    await patiently(idle, this.home.clock, () => this.#whyBusy());
  }

  get isRunning(): boolean {
    return currentWake() === this;
  }

  now(): number {
    return this.home.clock.now();
  }

  checkAlarms(): void {
    const { Class } = this.home;
    if (!Class || typeof (Class.prototype as { alarm?: unknown }).alarm === "function") return;
    throw new TypeError("Your Durable Object class must have an alarm() handler in order to call setAlarm()");
  }

  async block<Result>(work: () => Promise<Result>): Promise<Result> {
    const store = running.getStore();
    const section = await this.gate.begin(store?.wake === this ? store.section : undefined);
    try {
      return await this.inside(work, section);
    } finally {
      this.gate.end(section);
    }
  }

  /** The object is reset: what it did not commit is taken back, and all that waits for it hears `reason`. */
  reset(reason: unknown): void {
    if (this.isOver) return;
    this.home.disk.rollback();
    this.failure = resetError(reason);
    this.end(this.failure);
  }

  /** Nothing of this wake counts any more. */
  end(error: unknown): void {
    this.isOver = true;
    for (const entry of this.timers) this.home.clock.cancel(entry);
    this.home.leave(this);
    this.#over.reject(error);
  }

  /** On a clock that stands, what runs may wait for a timer that rings when the test moves the time. */
  #whyBusy(): string | undefined {
    const { clock } = this.home;
    const [first] = [...this.timers].map(({ time }) => time).toSorted((left, right) => left - right);
    if (first === undefined || !clock.isStanding) return undefined;
    const names = [...this.#running].map(({ name }) => name).join(", ");
    const times = `waits for ${isoOf(first)}. Its time stands at ${isoOf(clock.now())}`;
    return `evict: ${names} still runs, and ${times}: write ${advanceTo(first, clock)} before, or \`crash()\`.`;
  }

  async #written(): Promise<void> {
    await Promise.race([this.home.disk.settling, this.#over.promise]);
    if (this.isOver) await this.#over.promise;
  }
}
