import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { type ConnectOptions, connectTo, urlOf } from "./connect.ts";
import type { TestSocket } from "./socket/client.ts";

export type { ConnectOptions } from "./connect.ts";
export type { Close } from "./socket/end.ts";
export type { TestSocket } from "./socket/client.ts";

/** An object in workerd, as a test on the kit has one; its time is the real one. */
export class WorkerdObject<Instance extends Rpc.DurableObjectBranded> {
  readonly #stubOf: () => DurableObjectStub<Instance>;

  constructor(stubOf: () => DurableObjectStub<Instance>) {
    this.#stubOf = stubOf;
  }

  /** A new stub: the object as callers have it, its methods over RPC. */
  get call(): DurableObjectStub<Instance> {
    return this.#stubOf();
  }

  /** Sends a request: `/path`, or a whole URL. */
  fetch(input: string | URL, init?: RequestInit): Promise<Response> {
    return this.#plain.fetch(urlOf(input), init);
  }

  /** Runs `look` inside the object; what it returns is not copied. */
  inside<Result>(look: (object: Instance, ctx: DurableObjectState) => Result | Promise<Result>): Promise<Result> {
    return runInDurableObject(this.call, look);
  }

  /** Opens a WebSocket; throws when the object answers with anything but 101. */
  connect(path = "/", options: ConnectOptions = {}): Promise<TestSocket> {
    return connectTo({ fetch: (to, init) => this.fetch(to, init) }, path, options);
  }

  /** Runs the alarm that is set, whenever it is due; false if there is none. */
  ring(): Promise<boolean> {
    return runDurableObjectAlarm(this.#plain);
  }

  /** Takes the object out of memory: the next event makes it anew. Sockets hibernate. */
  evict(): Promise<void> {
    return evictDurableObject(this.#plain);
  }

  get #plain(): DurableObjectStub<Rpc.DurableObjectBranded> {
    return this.#stubOf() as unknown as DurableObjectStub<Rpc.DurableObjectBranded>; // what every stub has
  }
}

/**
 * The object called `name` of a binding, in a test that runs in workerd.
 *
 * @example
 * ```ts
 * const counter = inWorkerd(env.COUNTERS);
 * await counter.fetch("/increment", { method: "POST" });
 * await counter.evict();
 * ```
 */
export function inWorkerd<Instance extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Instance>,
  name: string = crypto.randomUUID(),
): WorkerdObject<Instance> {
  return new WorkerdObject(() => namespace.getByName(name));
}
