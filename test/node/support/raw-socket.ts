import { connect, type Socket as TcpSocket } from "node:net";
import { type Frame, frameOf, framesOf, headOf } from "./frames.ts";

/** A WebSocket client that speaks TCP itself: it sees the handshake, sends illegal frames and dies without a word. */
export class RawSocket {
  /** Every frame received so far. */
  readonly received: Frame[] = [];
  /** Settles when the connection is gone. */
  readonly gone: Promise<void>;
  readonly #tcp: TcpSocket;
  #waiting: (() => void) | undefined;
  #head: string | undefined;
  #after: Buffer = Buffer.alloc(0);

  private constructor(tcp: TcpSocket) {
    this.#tcp = tcp;
    this.gone = new Promise((resolve) => tcp.once("close", () => resolve()));
    tcp.on("error", () => {}); // a reset is one of the ends that tests look at: `gone` tells it
    tcp.on("close", () => this.#waiting?.());
    tcp.on("data", (data) => this.#take(data));
  }

  /** Connects and waits for the answer to the handshake, whatever it is. */
  static async open(url: string, headers?: Readonly<Record<string, string>>): Promise<RawSocket> {
    const socket = RawSocket.knock(url, headers);
    while (socket.#head === undefined && !socket.#tcp.destroyed) await socket.#next();
    return socket;
  }

  /** Asks for the handshake, and waits for nothing. */
  static knock(url: string, headers: Readonly<Record<string, string>> = {}): RawSocket {
    const { hostname, port, pathname, search } = new URL(url);
    const socket = new RawSocket(connect(Number(port), hostname));
    const lines = Object.entries({ ...HANDSHAKE, host: `${hostname}:${port}`, ...headers });
    const head = [`GET ${pathname}${search} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""];
    socket.#tcp.write(head.join("\r\n"));
    return socket;
  }

  /** The status line and headers of the answer to the handshake. */
  get head(): string {
    return this.#head ?? "";
  }

  /** What followed the head, as text: the body of a refusal. */
  get body(): string {
    return `${this.#after}`;
  }

  /** Sends one frame, masked as a client has to; the opcode says what it is. */
  send(opcode: number, payload: string | Uint8Array): void {
    this.#tcp.write(frameOf(opcode, Buffer.from(payload as string)));
  }

  /** Sends only the head and the mask of a frame that is said to have `length` bytes. */
  announce(opcode: number, length: number): void {
    this.#tcp.write(Buffer.concat([headOf(opcode, length), Buffer.alloc(4)]));
  }

  /** Waits until `count` frames have arrived, or the connection is gone. */
  async until(count: number): Promise<readonly Frame[]> {
    while (this.received.length < count && !this.#tcp.destroyed) await this.#next();
    return this.received;
  }

  /** Ends the connection as a dead client does: no close frame. */
  die(): void {
    this.#tcp.resetAndDestroy();
  }

  /** Takes nothing more from the network, as a client does that hangs. */
  stall(): void {
    this.#tcp.pause();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  #take(data: Buffer): void {
    this.#after = Buffer.concat([this.#after, data]);
    const end = this.#head === undefined ? this.#after.indexOf(HEAD_END) : -1;
    if (end !== -1) {
      this.#head = `${this.#after.subarray(0, end)}`;
      this.#after = this.#after.subarray(end + HEAD_END.length);
    }
    if (this.#head?.startsWith("HTTP/1.1 101 ")) this.#takeFrames();
    this.#waiting?.();
  }

  #takeFrames(): void {
    const { frames, rest } = framesOf(this.#after);
    this.received.push(...frames);
    this.#after = rest;
  }
}

const HEAD_END = "\r\n\r\n";
const HANDSHAKE = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};
