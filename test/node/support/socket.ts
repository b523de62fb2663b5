/** How a socket ended, as its client sees it. */
export interface SeenEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** A client's end of a WebSocket that keeps what it received. */
export class Socket {
  /** Every text received so far. */
  readonly received: string[] = [];
  /** Settles when the connection is gone. */
  readonly closed: Promise<SeenEnd>;
  readonly #socket: WebSocket;
  #waiting: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) =>
      socket.addEventListener("close", ({ code, reason, wasClean }) => resolve({ code, reason, wasClean })),
    );
    socket.addEventListener("message", (event) => {
      this.received.push(String(event.data));
      this.#waiting?.();
    });
  }

  /** Connects and waits until the handshake is done. */
  static async open(url: string, protocols: readonly string[] = []): Promise<Socket> {
    const socket = new WebSocket(url, [...protocols]);
    const opened = new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error(`no socket at ${url}`)));
    });
    const kept = new Socket(socket);
    await opened;
    return kept;
  }

  /** Sends a text, or bytes. */
  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(message);
  }

  /** Waits until `count` texts have arrived. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) await new Promise<void>((resolve) => (this.#waiting = resolve));
  }

  /** The subprotocol that the server chose. */
  get protocol(): string {
    return this.#socket.protocol ?? "";
  }

  /** Closes this end. */
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }
}
