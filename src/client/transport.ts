import ReconnectingSocket, { CloseEvent as OwnCloseEvent } from "partysocket/ws";
import { Attempts, type Backoff, Pause } from "./backoff.ts";
import { refusalProtocol } from "../websocket/subprotocol.ts";
import type { SocketEnd } from "./end.ts";
import type { RawMessage } from "./messages.ts";
import { whenOnline } from "./online.ts";
import { refusalOf } from "./refusal.ts";

/** What a transport needs; times in milliseconds. */
export interface TransportOptions {
  /** Asked before every attempt. */
  readonly url: () => string | URL | Promise<string | URL>;
  readonly protocols: readonly string[] | undefined;
  readonly backoff: Backoff;
  /** How long one attempt may take. */
  readonly patience: number;
  readonly WebSocket: unknown;
  readonly opened: () => void;
  /** In place of it: the server is about to tell why it refuses. */
  readonly refused: () => void;
  readonly message: (data: string | ArrayBuffer) => void;
  /** A connection or an attempt ended; true if no other is to be made. */
  readonly ended: (end: SocketEnd) => boolean;
}

/** One connection after another. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #socket: ReconnectingSocket;
  readonly #attempts: Attempts;
  readonly #pause = new Pause();
  readonly #unheed: () => void;
  #openedAt: number | undefined;
  #closing: SocketEnd | undefined;
  #askedWait = 0;
  #isOver = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.backoff);
    this.#socket = new ReconnectingSocket(() => this.#nextUrl(), options.protocols && [...options.protocols], {
      WebSocket: options.WebSocket,
      // It waits in #nextUrl: partysocket's own waits have no jitter and cannot be cut short.
      minReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
      // What does not leave at once stays in the outbox.
      maxEnqueuedMessages: 0,
      connectionTimeout: options.patience,
      shouldReconnectOnClose: (event) => !this.#end(event),
    });
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#open();
    this.#socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => this.#receive(data);
    this.#unheed = whenOnline(() => this.#askedWait === 0 && this.#pause.cut());
  }

  /** Sends a frame; false if there is no connection to send it on. */
  send(frame: RawMessage): boolean {
    return this.#socket.send(frame as string); // its types take no views of shared memory
  }

  /** Gives up the connection, of which nothing is heard, for another. */
  replace(end: SocketEnd): void {
    this.#closing = end;
    this.#socket.reconnect(3008, end.reason);
    // Of a socket that is already closing partysocket says nothing more.
    if (this.#closing) this.#end(end);
  }

  /** Ends it for good. */
  close(code: number, reason: string): void {
    this.#closing = { code, reason, wasClean: true };
    this.#socket.close(code, reason);
    this.#release();
  }

  async #nextUrl(): Promise<string> {
    const lasted = this.#openedAt === undefined ? 0 : performance.now() - this.#openedAt;
    this.#openedAt = undefined;
    await this.#pause.for(this.#askedWait + this.#attempts.next(lasted));
    this.#askedWait = 0;
    // A wait that ended because there is nothing to wait for: partysocket makes no attempt of it.
    if (this.#isOver) return "";
    try {
      return String(await this.#options.url()).replace(/^http/, "ws");
    } catch (cause) {
      // partysocket reads the `message` of whatever was thrown.
      throw cause instanceof Error ? cause : new Error(String(cause), { cause });
    }
  }

  #open(): void {
    if (this.#isRefused) return this.#options.refused();
    this.#openedAt = performance.now();
    this.#options.opened();
  }

  get #isRefused(): boolean {
    return this.#socket.protocol === refusalProtocol;
  }

  #receive(data: string | ArrayBuffer): void {
    if (!this.#isRefused) return this.#options.message(data);
    const refusal = refusalOf(data);
    if (!refusal) return;
    this.#askedWait = refusal.wait;
    // Its close says the same, and Node may hear of it late.
    this.replace(refusal.end);
  }

  #end(event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }): boolean {
    // After an error partysocket makes up a close event, of code 1000, and never hears the real one, of 1006.
    const broken = { code: 1006, reason: "", wasClean: false };
    const { code, reason, wasClean } = event;
    const end = this.#closing ?? (event instanceof OwnCloseEvent ? broken : { code, reason, wasClean });
    this.#closing = undefined;
    const isLast = this.#options.ended(end);
    if (isLast) this.#release();
    return isLast;
  }

  #release(): void {
    this.#isOver = true;
    this.#unheed();
    this.#pause.cut();
    // `replace` has it on its way to another connection.
    this.#socket.close();
  }
}
