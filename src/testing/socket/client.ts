import type { Close, End } from "./end.ts";
import { MockSocket } from "./socket.ts";

/** Looks after the end of `wait`; `what` says what does not come. */
export type Patience = <Value>(wait: PromiseWithResolvers<Value>, what: string) => Promise<Value>;

const forEver: Patience = ({ promise }) => promise;

/** The client's end of a socket that a test has opened. */
export class TestSocket {
  readonly #socket: WebSocket;
  readonly #arrived: unknown[] = [];
  readonly #closed = Promise.withResolvers<Close>();
  readonly #patience: Patience;
  #isOver = false;
  #waiting: PromiseWithResolvers<unknown>[] = [];
  /** What the object chose of the protocols that were asked for; "" for none. */
  readonly protocol: string;

  constructor(socket: WebSocket, protocol: string, patience: Patience = forEver) {
    this.#socket = socket;
    this.protocol = protocol;
    this.#patience = patience;
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

  /** The next message that arrives: JSON is parsed. Rejects when the socket ends first, and on the kit when none can. */
  next(): Promise<unknown> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
    if (this.#isOver) return Promise.reject(ended());
    const wait = Promise.withResolvers<unknown>();
    this.#waiting.push(wait);
    wait.promise.catch(() => (this.#waiting = this.#waiting.filter((each) => each !== wait)));
    return this.#patience(wait, "next: no message comes");
  }

  /** What has arrived and was not asked for by `next`. */
  get unread(): readonly unknown[] {
    return [...this.#arrived];
  }

  /** How the socket ended, once it has. Rejects on the kit when nobody ends it. */
  get closed(): Promise<Close> {
    const wait = Promise.withResolvers<Close>();
    void this.#closed.promise.then(wait.resolve);
    return this.#patience(wait, "closed: nobody ends the socket");
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
    this.#isOver = true;
    this.#closed.resolve({ code, reason, wasClean });
    for (const wait of this.#waiting) wait.reject(ended());
  }

  #take(data: unknown): void {
    const message = typeof data === "string" ? parsed(data) : data;
    const wait = this.#waiting.shift();
    if (wait) wait.resolve(message);
    else this.#arrived.push(message);
  }
}

function endOf(socket: WebSocket, method: string): End {
  if (socket instanceof MockSocket) return socket.end;
  throw new Error(`${method}: only a socket of the kit can lose its connection.`);
}

function ended(): Error {
  return new Error("The socket has ended: no message comes.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
