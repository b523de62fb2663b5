import type { Delivery, Lost } from "./delivery.ts";
import type { SocketEnd } from "./end.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { ErrorMessage, RawMessage, TypedMessage } from "./messages.ts";
import type { Times } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { plainProtocol, refusalProtocol } from "../websocket/subprotocol.ts";
import { parse } from "./parse.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** What a link needs. */
export interface LinkOptions<Message> extends Pick<TransportOptions, "url" | "protocols" | "WebSocket"> {
  readonly times: Times;
  /** True if the object says of each message that it has handled it. */
  readonly asksForAnswers: boolean;
  /** There is a connection: what waits is about to leave. */
  readonly opened: () => void;
  readonly message: (message: TypedMessage) => void;
  /** Text and bytes that are no typed message. */
  readonly other: (data: string | ArrayBuffer) => void;
  /** A connection or an attempt ended; true if no other is to be made. */
  readonly ended: (end: SocketEnd) => boolean;
  readonly lost: (lost: readonly Lost<Message>[]) => void;
}

/** A typed message with what is Loom's own in it. */
type Numbered = TypedMessage & { readonly n?: unknown; readonly "loom:n"?: unknown };

/** Messages over one connection after another, each accounted for. */
export class Link<Message extends TypedMessage | RawMessage> {
  readonly #options: LinkOptions<Message>;
  readonly #outbox: Outbox<Message>;
  readonly #heartbeat: Heartbeat;
  readonly #transport: Transport;
  #isOpen = false;

  constructor(options: LinkOptions<Message>) {
    const { times, url, protocols, WebSocket } = options;
    this.#options = options;
    this.#outbox = new Outbox(options.asksForAnswers);
    this.#heartbeat = new Heartbeat({ ...times, ping: () => this.#ping(), dead: () => this.#giveUp() });
    this.#transport = new Transport({
      ...times,
      url,
      protocols: options.asksForAnswers ? [...(protocols ?? []), plainProtocol, refusalProtocol] : protocols,
      WebSocket,
      opened: () => this.#open(),
      refused: () => this.#awaitClose(),
      message: (data) => this.#receive(data),
      ended: (end) => this.#end(end),
    });
  }

  /** How many messages wait to be sent, or for their answer. */
  get pending(): number {
    return this.#outbox.size;
  }

  /** Sends a message as soon as there is a connection. */
  send(message: Message): Promise<Delivery> {
    const delivery = this.#outbox.add(message);
    if (this.#isOpen) this.#flush();
    return delivery;
  }

  /** Sends one before those that wait; it is not among those that are lost. */
  sendFirst(message: Message): Promise<Delivery> {
    return this.#outbox.addFirst(message);
  }

  /** Ends it for good. */
  close(code: number, reason: string): void {
    this.#transport.close(code, reason);
    // Between two connections there is none whose end could be told.
    this.#end({ code, reason, wasClean: true });
  }

  #open(): void {
    this.#isOpen = true;
    this.#heartbeat.start();
    this.#options.opened();
    // Whoever was told of it may have closed it.
    if (this.#isOpen) this.#flush();
  }

  /** The close is on its way, unless the network broke: a ping that nothing follows ends it too. */
  #awaitClose(): void {
    this.#heartbeat.start();
    this.#heartbeat.beat();
  }

  #receive(data: string | ArrayBuffer): void {
    this.#heartbeat.heard();
    if (data === "pong") return this.#pong();
    const message: Numbered | undefined = parse(data);
    if (!message) return this.#options.other(data);
    if (message.type === "loom:handled") return this.#outbox.answered(message.n);
    if (message.type !== "error") return this.#options.message(message);
    const { "loom:n": n, ...error } = message;
    this.#outbox.answered(n, error as ErrorMessage); // a message of this type is the object's own
    this.#options.message(error);
  }

  #end(end: SocketEnd): boolean {
    this.#isOpen = false;
    this.#heartbeat.stop();
    const isLast = this.#options.ended(end);
    const lost = isLast ? this.#outbox.end() : this.#outbox.broke();
    if (lost.length > 0) this.#options.lost(lost);
    return isLast;
  }

  #flush(): void {
    this.#outbox.flush((frame) => this.#transport.send(frame));
    if (this.#outbox.needsPong) this.#heartbeat.beat();
  }

  #ping(): void {
    this.#outbox.mark();
    this.#transport.send("ping");
  }

  #pong(): void {
    this.#heartbeat.pong();
    this.#outbox.pong();
    if (this.#outbox.needsPong) this.#heartbeat.beat();
  }

  #giveUp(): void {
    this.#transport.replace({ code: 1006, reason: "The server did not answer a ping.", wasClean: false });
  }
}
