import { milliseconds } from "../duration.ts";
import { type ConnectOptions, connectTo, type Door, urlOf } from "./connect.ts";
import type { Duration } from "../types.ts";
import type { Home } from "./object/home.ts";
import { fetchFrom, stubOf } from "./object/stub.ts";
import type { TestSocket } from "./socket/client.ts";
import { patiently, whyNothing } from "./time/wait.ts";

/** An object as a test has it: what callers see, and what only a test does to it. */
export class WokenObject<Instance extends Rpc.DurableObjectBranded> {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  /** A new stub: the object as callers have it, its methods over RPC. */
  get call(): DurableObjectStub<Instance> {
    return stubOf(this.#home) as DurableObjectStub<Instance>; // the kit's stub answers to every method
  }

  get id(): DurableObjectId {
    return this.#home.id as unknown as DurableObjectId; // a class of its own, alike in what it can
  }

  /** The time in the object. */
  get now(): Date {
    return new Date(this.#home.clock.now());
  }

  /** What the object has on disk. */
  get storage(): DurableObjectStorage {
    return this.#home.storage as unknown as DurableObjectStorage; // the kit's, alike in what it can
  }

  /** Sends a request: `/path`, or a whole URL. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return fetchFrom(this.#home, new Request(input instanceof Request ? input : urlOf(input), init));
  }

  /** Runs `look` inside the object, as an event of its own; what it returns is not copied. */
  inside<Result>(look: (object: Instance, ctx: DurableObjectState) => Result): Promise<Awaited<Result>> {
    return this.#home.deliver((object) => {
      const { state } = this.#home.awake();
      return look(object as Instance, state as unknown as DurableObjectState); // the kit's, alike in what it can
    }, "inside()");
  }

  /** Opens a WebSocket; throws when the object answers with anything but 101. */
  connect(path = "/", options: ConnectOptions = {}): Promise<TestSocket> {
    const { clock } = this.#home;
    const door: Door = {
      fetch: (to, init) => this.fetch(to, init),
      patience: (wait, what) =>
        patiently(wait, clock, () => (clock.isBusy ? undefined : `${what}: ${whyNothing(clock)}`)),
    };
    return connectTo(door, path, options);
  }

  /** Moves the time of this object, and of all that share its env: timers ring and alarms fire on the way. */
  advance(duration: Duration): Promise<void> {
    return this.#home.clock.advance(milliseconds(duration, "advance"));
  }

  /** Resolves when nothing goes on in the object any more. */
  settle(): Promise<void> {
    return this.#home.clock.settle();
  }

  /** Waits until no event runs and takes the object out of memory: the next event makes it anew. Sockets hibernate. */
  evict(): Promise<void> {
    return this.#home.evict();
  }

  /** Ends the object on the spot, as when the machine fails: uncommitted writes, running events, sockets are lost. */
  crash(): void {
    this.#home.crash();
  }
}
