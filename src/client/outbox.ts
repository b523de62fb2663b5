import { numbered } from "../websocket/numbered.ts";
import type { Delivery, Lost } from "./delivery.ts";
import type { ErrorMessage, RawMessage, TypedMessage } from "./messages.ts";

/** A message on its way. */
interface Entry<Message> {
  readonly message: Message;
  /** As it is sent; a typed message is numbered when it leaves. */
  readonly frame: RawMessage;
  readonly isNumbered: boolean;
  /** True for one that the caller did not send, and is told nothing of. */
  readonly isOurs: boolean;
  readonly settle: (delivery: Delivery) => void;
}

/** Keeps every message until it is known what became of it. */
export class Outbox<Message extends TypedMessage | RawMessage> {
  readonly #asksForAnswers: boolean;
  #waiting: Entry<Message>[] = [];
  // By number, in the order they were sent.
  readonly #sent = new Map<number, Entry<Message>>();
  #lastNumber = 0;
  #pinged = 0;
  #unnumbered = 0;

  constructor(asksForAnswers: boolean) {
    this.#asksForAnswers = asksForAnswers;
  }

  /** How many wait or are not confirmed. */
  get size(): number {
    return this.#waiting.length + this.#sent.size;
  }

  /** True while something was sent that no answer but a pong can confirm. */
  get needsPong(): boolean {
    return this.#unnumbered > 0;
  }

  /** Takes a message. */
  add(message: Message): Promise<Delivery> {
    const made = this.#make(message, false);
    return new Promise((settle) => this.#waiting.push({ ...made, settle }));
  }

  /** Takes one that is to leave before those that wait. */
  addFirst(message: Message): Promise<Delivery> {
    const made = this.#make(message, true);
    return new Promise((settle) => this.#waiting.unshift({ ...made, settle }));
  }

  /** Sends what waits, for as long as `write` takes it. */
  flush(write: (frame: RawMessage) => boolean): void {
    for (const entry of this.#waiting.splice(0)) {
      const number = (this.#lastNumber += 1);
      const { isNumbered, frame } = entry;
      const isWritten = write(isNumbered ? numbered(frame as string, number) : frame); // what is numbered is text
      if (isWritten) this.#note(number, entry);
      else this.#waiting.push(entry);
    }
  }

  /** A ping leaves: its pong confirms what was sent before. */
  mark(): void {
    this.#pinged = this.#lastNumber;
  }

  /** The pong arrived: the runtime reads in order, so it has read what was sent before the ping. */
  pong(): void {
    for (const [number, { isNumbered }] of this.#sent) {
      if (number > this.#pinged) return;
      if (!isNumbered) this.#settle(number, { outcome: "received" });
    }
  }

  /** The object answered the message of this number. */
  answered(number: unknown, error?: ErrorMessage): void {
    if (typeof number === "number") this.#settle(number, error ? { outcome: "failed", error } : { outcome: "handled" });
  }

  /** The connection broke: what was sent and not answered may or may not have arrived. */
  broke(): Lost<Message>[] {
    const lost: Lost<Message>[] = [];
    for (const [number, { message, isOurs }] of this.#sent) {
      this.#settle(number, { outcome: "uncertain" });
      if (!isOurs) lost.push({ message, outcome: "uncertain" });
    }
    this.#waiting = this.#waiting.filter(({ isOurs }) => !isOurs);
    return lost;
  }

  /** There will be no other connection. */
  end(): Lost<Message>[] {
    const lost = this.broke();
    for (const { message, settle } of this.#waiting.splice(0)) {
      settle({ outcome: "unsent", reason: "closed" });
      lost.push({ message, outcome: "unsent" });
    }
    return lost;
  }

  #make(message: Message, isOurs: boolean): Omit<Entry<Message>, "settle"> {
    if (isRaw(message)) return { message, isOurs, frame: message, isNumbered: false };
    return { message, isOurs, frame: textOf(message), isNumbered: this.#asksForAnswers };
  }

  #note(number: number, entry: Entry<Message>): void {
    this.#sent.set(number, entry);
    if (!entry.isNumbered) this.#unnumbered += 1;
  }

  #settle(number: number, delivery: Delivery): void {
    const entry = this.#sent.get(number);
    if (!entry) return;
    this.#sent.delete(number);
    if (!entry.isNumbered) this.#unnumbered -= 1;
    entry.settle(delivery);
  }
}

function isRaw(message: TypedMessage | RawMessage): message is RawMessage {
  return typeof message === "string" || message instanceof ArrayBuffer || ArrayBuffer.isView(message);
}

function textOf(message: object): string {
  const text = JSON.stringify(message) as string | undefined; // the library's type leaves out what a function gives
  if (text?.startsWith("{") && text.length > 2) return text;
  throw new TypeError('send: a message is an object with a `type`. Write `send({ type: "say", text })`.');
}
