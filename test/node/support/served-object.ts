import type { Answer, Ask } from "./caller.ts";
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
    return this.#ask({ className: this.#className, name: this.#name, member, args });
  }

  /** Reads a property over RPC. */
  read(member: string): Promise<Answer> {
    return this.#ask({ className: this.#className, name: this.#name, member });
  }

  /** Sends a request to the object's own fetch; status 599 stands for a fetch that rejected. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.#url()}/${this.#className}/${this.#name}${path}`, init);
  }

  /** Opens a WebSocket to the object. */
  connect(path: string): Promise<Socket> {
    return Socket.open(`${this.#url().replace("http", "ws")}/${this.#className}/${this.#name}${path}`);
  }

  async #ask(ask: Ask): Promise<Answer> {
    const response = await fetch(`${this.#url()}/rpc`, { method: "POST", body: JSON.stringify(ask) });
    return (await response.json()) as Answer;
  }
}
