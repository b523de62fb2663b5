import type { Close, End } from "./end.ts";
import { MockSocket } from "./socket.ts";

/** The client's end of a socket that a test has opened. */
export class TestSocket {
  readonly #socket: WebSocket;
  readonly #arrived: unknown[] = [];
  readonly #closed = Promise.withResolvers<Close>();
  #tell: (() => void) | undefined;
  /** What the object chose of the protocols that were asked for; "" for none. */
  readonly protocol: string;

  constructor(socket: WebSocket, protocol: string) {
    this.#socket = socket;
    this.protocol = protocol;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", (end) => this.#end(end));
    socket.accept();
  }

  /** Sends text or bytes as they are, any other object as JSON. */
  send(message: string | ArrayBuffer | ArrayBufferView | object): void {
    const isRaw = typeof message === "string" || message instanceof ArrayBuffer || ArrayBuffer.isView(message);
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** The next message that arrives: JSON is parsed. Rejects when the socket ends first. */
  async next(): Promise<unknown> {
    while (this.#arrived.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error("The socket has ended: no message comes.");
      await new Promise<void>((resolve) => (this.#tell = resolve));
    }
    return this.#arrived.shift();
  }

  /** What has arrived and was not asked for by `next`. */
  get unread(): readonly unknown[] {
    return [...this.#arrived];
  }

  /** How the socket ended, once it has. */
  get closed(): Promise<Close> {
    return this.#closed.promise;
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  /** On the kit: loses the connection without a close frame. */
  drop(): void {
    endOf(this.#socket, "drop").lose();
    this.#end({ code: 1006, reason: "", wasClean: false });
  }

  /** On the kit: breaks the connection, and the object is told of it as an error. */
  fail(message = "Network connection lost."): void {
    endOf(this.#socket, "fail").fail(new Error(message));
    this.#end({ code: 1006, reason: "", wasClean: false });
  }

  #end({ code, reason, wasClean }: Close): void {
    // From compat date 2026-04-07 on workerd answers a close frame by itself.
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSING) socket.close(code === 1005 ? undefined : code, reason);
    this.#closed.resolve({ code, reason, wasClean });
    this.#tell?.();
  }

  #take(data: unknown): void {
    this.#arrived.push(typeof data === "string" ? parsed(data) : data);
    this.#tell?.();
  }
}

function endOf(socket: WebSocket, method: string): End {
  if (socket instanceof MockSocket) return socket.end;
  throw new Error(`${method}: only a socket of the kit can lose its connection.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
