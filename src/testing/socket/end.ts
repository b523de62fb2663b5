import { outside } from "../object/context.ts";
import { nextTurn } from "../node.ts";
import type { Clock } from "../time/clock.ts";

/** How a connection ended. */
export interface Close {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** What goes over a connection. */
export type Frame =
  | { readonly message: string | ArrayBuffer }
  | { readonly close: Close }
  | { readonly error: unknown };

const open = 1;
const closing = 2;
const closed = 3;

/** One end of a connection: what it is apart from the WebSocket objects that show it. */
export class End {
  #peer: End | undefined;
  #line = Promise.resolve();
  #receive: ((frame: Frame) => void) | undefined;
  #early: Frame[] = [];
  #hasTurns = false;
  #isFirstToClose = false;
  readyState = open;
  attachment: Uint8Array | undefined;
  clock: Clock | undefined;
  /** The output gate of the object that has this end. */
  gate: () => Promise<boolean> | undefined = () => undefined;

  /** Two ends of one connection. */
  static pair(): [End, End] {
    const ends: [End, End] = [new End(), new End()];
    ends[0].#peer = ends[1];
    ends[1].#peer = ends[0];
    return ends;
  }

  get isTaken(): boolean {
    return this.#receive !== undefined;
  }

  /** Has `receive` called with what arrives, beginning with what did before; one that `hasTurns` waits for its own. */
  open(receive: (frame: Frame) => void, hasTurns = false): void {
    this.#receive = receive;
    this.#hasTurns = hasTurns;
    void outside(nextTurn).then(() => {
      for (const frame of this.#early.splice(0)) receive(frame);
    });
  }

  send(message: string | ArrayBuffer): void {
    if (this.readyState !== open) throw new TypeError("Can't call WebSocket send() after close().");
    this.#put({ message });
  }

  /** Closes this end; the other one's answer makes it closed. */
  close(code: number, reason: string): void {
    const isAnswer = this.readyState === closing && !this.#isFirstToClose;
    if (this.readyState !== open && !isAnswer) return;
    this.#isFirstToClose = !isAnswer;
    this.readyState = isAnswer ? closed : closing;
    this.#put({ close: { code, reason, wasClean: true } });
  }

  /** The connection is gone without a word: the other end finds out. */
  lose(reason = ""): void {
    this.readyState = closed;
    this.#put({ close: { code: 1006, reason, wasClean: false } });
  }

  /** The connection breaks in a way that the other end is told of as an error. */
  fail(error: unknown): void {
    this.readyState = closed;
    this.#put({ error });
  }

  #put(frame: Frame): void {
    const gate = this.gate();
    const clock = this.clock ?? this.#peer!.clock;
    this.#line = outside(async () => {
      const done = this.#line.then(() => this.#carry(frame, gate));
      await (clock?.during(done) ?? done);
    });
  }

  async #carry(frame: Frame, gate: Promise<boolean> | undefined): Promise<void> {
    if ((await gate) === false) return;
    if (!this.#peer!.#hasTurns) await nextTurn();
    this.#peer!.#take(frame);
  }

  #take(frame: Frame): void {
    if (this.readyState === closed) return;
    if (!("message" in frame)) this.readyState = this.readyState === open ? closing : closed;
    else if (this.readyState !== open) return;
    if (this.#receive && this.#early.length === 0) this.#receive(frame);
    else this.#early.push(frame);
  }
}
