import { expect } from "vitest";

/** The client's end of a WebSocket, its events in the order in which they came. */
export class Client {
  readonly #socket: WebSocket;
  readonly #events: unknown[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(typeof data === "string" ? parsed(data) : data));
    socket.addEventListener("close", ({ code, reason }) => {
      this.#take({ closed: code, reason });
      // As a browser does; the platform does it for standard sockets from compat date 2026-04-07.
      if (socket.readyState !== WebSocket.CLOSED) socket.close(code === 1005 ? undefined : code, reason);
    });
    // Trap 26: from 2026-03-17 a standard socket hands out Blobs unless told otherwise.
    socket.binaryType = "arraybuffer";
    socket.accept();
  }

  /** Connects to `path` of the object; the upgrade must be agreed to. */
  static async open(stub: Fetching, path = "/", init: RequestInit = {}): Promise<Client> {
    const response = await upgrade(stub, path, init);
    expect(response.status).toBe(101);
    return new Client(response.webSocket!);
  }

  /** Sends text or bytes as they are, any other object as JSON. */
  send(message: string | object): void {
    const isRaw = typeof message === "string" || message instanceof ArrayBuffer;
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** The next message or end that arrives. */
  async next(): Promise<unknown> {
    while (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#events.shift();
  }

  /** What has arrived before the answer to a message sent now. */
  async soFar(ask: string | object, isAnswer: (event: unknown) => boolean): Promise<unknown[]> {
    this.send(ask);
    const found: unknown[] = [];
    for (;;) {
      const event = await this.next();
      if (isAnswer(event)) return found;
      found.push(event);
    }
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  #take(event: unknown): void {
    this.#events.push(event);
    this.#wake?.();
  }
}

interface Fetching {
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** The answer to an upgrade. */
export function upgrade(stub: Fetching, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { Upgrade: "websocket", ...(init.headers as Record<string, string>) };
  return stub.fetch(`https://object.test${path}`, { ...init, headers });
}

function parsed(text: string): unknown {
  return /^\{.*\}$/s.test(text) ? JSON.parse(text) : text;
}
