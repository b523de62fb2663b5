import type { Delivery, Lost } from "./delivery.ts";
import { checkClose, isFinal, type SocketEnd } from "./end.ts";
import { Inbox, type Listener } from "./inbox.ts";
import { Link } from "./link.ts";
import type { Incoming, IncomingOf, Messages, Outgoing, TypedMessage } from "./messages.ts";
import { type ConnectionStatus, type ConnectOptions, type SocketAddress, timesOf } from "./options.ts";
import { safely } from "./safely.ts";
import { Sequence } from "./sequence.ts";

/** A socket to an object that connects again, and says what became of every message. */
export class LoomConnection<Declared extends Messages> {
  /** How it ended for good. */
  readonly closed: Promise<SocketEnd>;
  readonly #options: ConnectOptions<Declared>;
  readonly #inbox: Inbox;
  readonly #sequence: Sequence;
  readonly #link: Link<Outgoing<Declared>>;
  readonly #abort = () => this.close();
  #settle!: (end: SocketEnd) => void;
  #status: ConnectionStatus = "connecting";
  #isAgain: boolean;

  constructor(address: SocketAddress, options: ConnectOptions<Declared>) {
    this.#options = options;
    this.#isAgain = options.lastSeq !== undefined;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    this.#inbox = new Inbox(options.messages?.incoming ?? {}, (invalid) => options.onInvalid?.(invalid));
    this.#sequence = new Sequence(options.lastSeq ?? 0);
    this.#link = this.#connect(address);
    options.signal?.addEventListener("abort", this.#abort);
    if (options.signal?.aborted) this.close();
  }

  /** Where it stands. */
  get status(): ConnectionStatus {
    return this.#status;
  }

  /** The highest `seq` of the messages that arrived; while what was missed is asked for, the one from before. */
  get lastSeq(): number {
    return this.#sequence.last;
  }

  /** How many messages wait to be sent, or for their answer. */
  get pending(): number {
    return this.#link.pending;
  }

  /** Calls `listener` with every message of a type; returns what ends that. */
  on<Type extends Incoming<Declared>["type"]>(
    type: Type,
    listener: (message: IncomingOf<Declared, Type>) => void,
  ): () => void {
    return this.#inbox.on(type, listener as Listener); // the declaration is the caller's word, or a schema checked it
  }

  /** Sends a message as soon as there is a connection; says what became of it, and never rejects. */
  send(message: Outgoing<Declared>): Promise<Delivery> {
    if (message === "ping") throw new TypeError("send: `ping` is the heartbeat's. Write another text.");
    const isFull = this.pending >= (this.#options.maxPending ?? 1000);
    if (this.#status !== "closed" && !isFull) return this.#link.send(message);
    // Not at once: who sends from `onLost` what was refused would never come back.
    setTimeout(() => this.#lose([{ message, outcome: "unsent" }]));
    return Promise.resolve({ outcome: "unsent", reason: this.#status === "closed" ? "closed" : "full" });
  }

  /** Closes it for good, with 1000 or a code from 3000 to 4999. */
  close(code = 1000, reason = ""): void {
    checkClose(code, reason);
    if (this.#status === "closed") return;
    this.#finish({ code, reason, wasClean: true });
    this.#link.close(code, reason);
  }

  #connect(address: SocketAddress): Link<Outgoing<Declared>> {
    const { protocols, WebSocket, confirm, onOther } = this.#options;
    return new Link({
      url: () => (typeof address === "function" ? address({ lastSeq: this.lastSeq }) : address),
      protocols,
      WebSocket,
      times: timesOf(this.#options),
      asksForAnswers: confirm !== "received",
      opened: () => this.#opened(),
      message: (message) => this.#receive(message),
      other: (data) => safely(() => onOther?.(data)),
      ended: (end) => this.#ended(end),
      lost: (lost) => this.#lose(lost),
    });
  }

  #opened(): void {
    safely(() => this.#ask(this.#isAgain ? this.#options.resume?.(this.lastSeq) : undefined));
    this.#isAgain = true;
    this.#become("open");
  }

  /** Asks for what was missed: what is newer does not count until the object has answered. */
  #ask(message: Outgoing<Declared> | undefined): void {
    this.#sequence.begin(message !== undefined);
    if (message === undefined) return;
    const release = ({ outcome }: Delivery) => outcome !== "uncertain" && this.#sequence.release();
    void this.#link.sendFirst(message).then(release);
  }

  #receive(message: TypedMessage & { readonly seq?: unknown }): void {
    this.#sequence.saw(message.seq);
    this.#inbox.receive(message);
  }

  #ended(end: SocketEnd): boolean {
    if (this.#status === "closed") return true;
    if (this.#goesOn(end)) this.#become("reconnecting", end);
    else this.#finish(end);
    return this.#isClosed();
  }

  #goesOn(end: SocketEnd): boolean {
    let goesOn = !isFinal(end);
    safely(() => (goesOn = this.#options.reconnect?.(end) ?? goesOn));
    return goesOn;
  }

  #finish(end: SocketEnd): void {
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#become("closed", end);
    this.#settle(end);
  }

  #become(status: ConnectionStatus, end?: SocketEnd): void {
    if (this.#status === status) return;
    this.#status = status;
    safely(() => this.#options.onStatus?.(status, end));
  }

  /** Whoever is told of an end may close the connection there. */
  #isClosed(): boolean {
    return this.#status === "closed";
  }

  #lose(lost: readonly Lost<Outgoing<Declared>>[]): void {
    safely(() => this.#options.onLost?.(lost));
  }
}
