import { afterAll, afterEach, beforeAll } from "vitest";
import {
  connectLoom,
  type ConnectOptions,
  type LoomConnection,
  type MessagesOf,
  type SocketAddress,
} from "../../../src/client/index.ts";
import { Gate } from "../support/gate.ts";
import type { ServedObject } from "../support/served-object.ts";
import { Sink } from "../support/sink.ts";
import { Workerd } from "../support/workerd.ts";
import * as messages from "./fixtures/messages.ts";

/** What a LogRoom and its clients say. */
export type Room = MessagesOf<typeof messages>;

/** One LogRoom behind a gate, and clients of it. */
export interface ServedRoom {
  readonly server: Workerd;
  readonly gate: Gate;
  readonly sink: Sink;
  readonly object: ServedObject;
  readonly url: string;
  /** Connects to a path of the room, or wherever a function says, without long waits. */
  connect(where: string | SocketAddress, options?: ConnectOptions<Room>): LoomConnection<Room>;
  /** What the room has written down. */
  log(): Promise<string[]>;
}

/** Has LogRooms served while the tests of a file run: each call is another room. */
export function servedRooms(answering: () => Promise<number>): () => ServedRoom {
  let [server, gate, sink]: [Workerd?, Gate?, Sink?] = [];
  const connections: LoomConnection<Room>[] = [];
  beforeAll(async () => {
    sink = await Sink.open(answering);
    const fixture = new URL("fixtures/log-room.ts", import.meta.url);
    server = await Workerd.serve({ fixture, classes: ["LogRoom"], sink: sink.address });
    gate = await Gate.open(() => server!.port);
  });
  afterEach(() => connections.splice(0).forEach((connection) => connection.close()));
  afterAll(async () => {
    gate?.close();
    sink?.close();
    await server?.end();
  });
  return () => {
    const name = crypto.randomUUID();
    const object = server!.object("LogRoom", name);
    const url = `${gate!.origin}/LogRoom/${name}`;
    const connect = (where: string | SocketAddress, options: ConnectOptions<Room> = {}) => {
      const quick = { backoff: { first: 5, longest: 20 }, messages, ...options };
      const connection = connectLoom(typeof where === "string" ? `${url}${where}` : where, quick);
      connections.push(connection);
      return connection;
    };
    const log = async () => (await object.call("lines")).value as string[];
    return { server: server!, gate: gate!, sink: sink!, object, url, connect, log };
  };
}

/** What a test waits for: the calls of a callback, in order. */
export class Seen<Value> {
  readonly values: Value[] = [];
  #waiting: (() => void) | undefined;

  /** The callback. */
  readonly note = (value: Value): void => {
    this.values.push(value);
    this.#waiting?.();
  };

  /** Waits for the first that fits. */
  async first(fits: (value: Value) => boolean): Promise<Value> {
    for (;;) {
      const found = this.values.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** Waits until there are `count`. */
  async until(count: number): Promise<Value[]> {
    while (this.values.length < count) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.values;
  }
}
