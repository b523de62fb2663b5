import { misuse } from "../../errors.ts";
import { nextTurn } from "../node.ts";
import { Sockets } from "../socket/sockets.ts";
import { AlarmRow } from "../storage/alarm-row.ts";
import { Disk, type Owner } from "../storage/disk.ts";
import { MockStorage } from "../storage/storage.ts";
import { Clock } from "../time/clock.ts";
import { installGlobals } from "../time/globals.ts";
import { Alarms } from "./alarms.ts";
import { running } from "./context.ts";
import { crossing, lostError } from "./errors.ts";
import { type MockObjectId, uniqueId } from "./id.ts";
import { Wake } from "./wake.ts";

/** A class of Durable Objects. */
// `any`: whatever its env is, the kit hands it what the test wrote.
export type ObjectClass<Instance extends object = object> = new (ctx: DurableObjectState, env: any) => Instance;

/** What an object is made of. */
export interface HomeOptions {
  readonly Class?: ObjectClass | undefined;
  readonly env?: unknown;
  readonly id?: MockObjectId;
  readonly clock?: Clock;
  readonly disk?: Disk;
}

/** Where one object lives: what outlasts its wakes. */
export class Home implements Owner {
  readonly Class: ObjectClass | undefined;
  readonly env: unknown;
  readonly id: MockObjectId;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly alarm: AlarmRow;
  /** The same for a test that looks at it, whether the object is awake or not. */
  readonly storage: MockStorage;
  readonly sockets = new Sockets(this);
  readonly #alarms = new Alarms(this);
  #wake: Wake | undefined;

  constructor({ Class, env = {}, id = uniqueId(), clock = new Clock(), disk = new Disk() }: HomeOptions) {
    installGlobals();
    this.Class = Class;
    this.env = env;
    this.id = id;
    this.clock = clock;
    this.disk = disk;
    this.alarm = new AlarmRow(disk);
    const tenant = { isOver: false, isRunning: false, now: () => clock.now(), checkAlarms: () => {}, block: unblocked };
    this.storage = new MockStorage(disk, this.alarm, tenant);
    disk.take(this);
    this.#alarms.look();
  }

  /** The wake that is in memory, or a new one. */
  awake(): Wake {
    if (this.#wake) return this.#wake;
    const wake = new Wake(this);
    this.#wake = wake;
    try {
      if (this.Class) wake.construct();
    } catch (error) {
      wake.reset(error);
      throw Object.assign(crossing(error), { durableObjectReset: true });
    }
    return wake;
  }

  /** Wakes the object, if it does not run, and hands it one event in a turn of its own; `name` is what tests read of it. */
  async deliver<Result>(event: (object: object) => Result, name: string): Promise<Awaited<Result>> {
    installGlobals();
    const caller = running.getStore();
    // What a turn calls leaves when its writes are on disk, or never.
    if ((await caller?.wake.home.disk.settling) === false || caller?.wake.isOver) return new Promise<never>(() => {});
    try {
      return await this.clock.during(this.#deliver(event, name));
    } catch (error) {
      throw crossing(error);
    } finally {
      await caller?.wake.gate.enter(caller.section);
    }
  }

  /** Takes the instance out of memory when no event runs: storage and sockets stay. */
  async evict(): Promise<void> {
    if (this.#wake?.isRunning) {
      throw misuse("evict: called inside the object, so that it waits for itself. Write it outside.");
    }
    // What was called before runs by then.
    await nextTurn();
    await nextTurn();
    const wake = this.#wake;
    await wake?.idle();
    await this.disk.settling;
    wake?.end(lostError());
  }

  /** Ends the instance on the spot: what was not committed is lost, and all sockets. */
  crash(): void {
    this.disk.rollback();
    this.#wake?.end(lostError());
    this.sockets.lose();
  }

  committed(): void {
    this.#alarms.look();
  }

  fail(error: unknown): void {
    this.#wake?.reset(error);
  }

  release(): void {
    this.#wake?.end(lostError());
    this.#alarms.stop();
  }

  /** `wake` is over. */
  leave(wake: Wake): void {
    if (this.#wake === wake) this.#wake = undefined;
    this.sockets.sleep();
  }

  async #deliver<Result>(event: (object: object) => Result, name: string): Promise<Awaited<Result>> {
    await nextTurn();
    return this.awake().run(event, name);
  }
}

function unblocked<Result>(work: () => Promise<Result>): Promise<Result> {
  return work();
}
