/** A client's end of a WebSocket that keeps what it received. */
export class Socket {
  /** Every text received so far. */
  readonly received: string[] = [];
  /** Settles when the connection is gone. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  #waiting: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.addEventListener("close", () => resolve()));
    socket.addEventListener("message", (event) => {
      this.received.push(String(event.data));
      this.#waiting?.();
    });
  }

  /** Connects and waits until the handshake is done. */
  static async open(url: string): Promise<Socket> {
    const socket = new WebSocket(url);
    const opened = new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error(`no socket at ${url}`)));
    });
    const kept = new Socket(socket);
    await opened;
    return kept;
  }

  /** Sends a text. */
  send(text: string): void {
    this.#socket.send(text);
  }

  /** Waits until `count` texts have arrived. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) await new Promise<void>((resolve) => (this.#waiting = resolve));
  }

  /** Closes this end. */
  close(): void {
    this.#socket.close();
  }
}
