import { expect } from "vitest";
import type { Answer } from "../../node/support/asked.ts";
import type { ServedObject } from "../../node/support/served-object.ts";
import type { Socket } from "../../node/support/socket.ts";
import type { Workerd } from "../../node/support/workerd.ts";
import type { Past, Turn, View } from "./steps.ts";

/** By which way a turn reaches the object: a number is that of a socket. */
export type Door = "rpc" | "http" | number;

/** The object under test, as the outside reaches it. */
export class Real {
  readonly object: ServedObject;
  /** The clients' ends, by the number that a command gave them. */
  readonly sockets = new Map<number, Socket>();
  readonly #server: Workerd;

  constructor(server: Workerd) {
    this.#server = server;
    this.object = server.object("Everything");
  }

  /** Performs `turn`; resolves when its answer, of whatever kind, is there. */
  async perform(turn: Turn, door: Door): Promise<void> {
    const answer = await this.#answerTo(turn, door);
    if (turn.ending === "reply" || turn.ending === "rollback") expect(answer).not.toContain("rror");
  }

  /** Starts `turn` and kills the server under it, `after` milliseconds later. */
  async performUntilKilled(turn: Turn, after: number): Promise<void> {
    const answer = this.perform(turn, "rpc").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, after));
    await this.#server.kill("SIGKILL");
    await answer;
    await this.#server.start();
  }

  /** Opens the socket `number`; resolves with the id that the object gave it. */
  async open(number: number): Promise<string> {
    const socket = await this.object.connect("/live");
    this.sockets.set(number, socket);
    await socket.until(1);
    return (JSON.parse(socket.received[0]!) as { id: string }).id;
  }

  /** Closes the socket `number`; resolves when the object has answered. */
  async close(number: number): Promise<void> {
    const socket = this.sockets.get(number)!;
    socket.close();
    await socket.closed;
    this.sockets.delete(number);
  }

  restart(): Promise<void> {
    return this.#server.restart();
  }

  /** Takes the object out of memory; it is woken first, if it is not there. */
  async evict(): Promise<void> {
    await this.look();
    valueOf(await this.object.evict());
  }

  /** Resolves when every client has seen its connection end. */
  async socketsClosed(): Promise<void> {
    await Promise.all([...this.sockets.values()].map(({ closed }) => closed));
    this.sockets.clear();
  }

  /** Lets go of what is still open. */
  end(): void {
    for (const socket of this.sockets.values()) socket.close();
  }

  async look(): Promise<View> {
    return valueOf(await this.object.call("look")) as View;
  }

  async past(): Promise<Past> {
    return valueOf(await this.object.call("past")) as Past;
  }

  async #answerTo(turn: Turn, door: Door): Promise<string> {
    if (typeof door === "number") return this.#send(this.sockets.get(door)!, turn);
    if (door === "rpc") return JSON.stringify(await this.object.call("perform", turn));
    const response = await this.object.fetch("/turn", { method: "POST", body: JSON.stringify(turn), headers });
    return response.text();
  }

  /** Resolves with the answer, or the end of the connection; a turn that throws has two answers. */
  async #send(socket: Socket, turn: Turn): Promise<string> {
    const count = socket.received.length + (turn.ending === "throw" ? 2 : 1);
    socket.send(JSON.stringify({ type: "turn", turn }));
    await Promise.race([socket.until(count), socket.closed]);
    return socket.received.at(-1) ?? "";
  }
}

function valueOf({ value, error }: Answer): unknown {
  if (error) throw new Error(error.message);
  return value;
}

const headers = { "content-type": "application/json" };
