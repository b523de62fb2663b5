import type { Answer, Ask, Asleep } from "./asked.ts";
import { RawSocket } from "./raw-socket.ts";
import { Socket } from "./socket.ts";

/** One object of a served fixture, reached from outside over HTTP, sockets and RPC. */
export class ServedObject {
  readonly #url: () => string;
  readonly #className: string;
  readonly #name: string;

  constructor(url: () => string, className: string, name: string) {
    this.#url = url;
    this.#className = className;
    this.#name = name;
  }

  /** Calls a method over RPC: its result, or the error as the caller sees it. */
  call(member: string, ...args: unknown[]): Promise<Answer> {
    return this.#ask("rpc", { className: this.#className, name: this.#name, member, args });
  }

  /** Reads a property over RPC. */
  read(member: string): Promise<Answer> {
    return this.#ask("rpc", { className: this.#className, name: this.#name, member });
  }

  /** Takes the object out of memory once its events are done, its sockets hibernating; an error if it is not in it. */
  evict(): Promise<Answer> {
    return this.#ask("evict", { className: this.#className, name: this.#name });
  }

  /** Sends a request to the object's own fetch; status 599 stands for a fetch that rejected. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.#url()}/${this.#className}/${this.#name}${path}`, init);
  }

  /** Opens a WebSocket to the object. */
  connect(path: string, protocols: readonly string[] = []): Promise<Socket> {
    return Socket.open(this.#socketUrl(path), protocols);
  }

  /** The same with a client that speaks TCP itself, whatever the handshake is answered with. */
  connectRaw(path: string, headers?: Readonly<Record<string, string>>): Promise<RawSocket> {
    return RawSocket.open(this.#socketUrl(path), headers);
  }

  /** Asks for a WebSocket with such a client, and waits for nothing. */
  knock(path: string): RawSocket {
    return RawSocket.knock(this.#socketUrl(path));
  }

  #socketUrl(path: string): string {
    return `${this.#url().replace("http", "ws")}/${this.#className}/${this.#name}${path}`;
  }

  async #ask(way: "rpc" | "evict", ask: Ask | Asleep): Promise<Answer> {
    const response = await fetch(`${this.#url()}/${way}`, { method: "POST", body: JSON.stringify(ask) });
    return (await response.json()) as Answer;
  }
}
