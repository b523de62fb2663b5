/** The highest `seq` of the messages that arrived. */
export class Sequence {
  #last: number;
  #seen: number;
  #isHeld = false;

  constructor(last: number) {
    this.#last = last;
    this.#seen = last;
  }

  /** Everything up to here has arrived. */
  get last(): number {
    return this.#last;
  }

  /** Notes a message. */
  saw(seq: unknown): void {
    if (typeof seq !== "number" || !(seq > this.#seen)) return;
    this.#seen = seq;
    if (!this.#isHeld) this.#last = seq;
  }

  /** A connection begins: while what was missed is asked for, what arrives may be newer, and `last` stays. */
  begin(isAsking: boolean): void {
    this.#isHeld = isAsking;
    this.#seen = this.#last;
  }

  /** What was missed has arrived. */
  release(): void {
    this.#isHeld = false;
    this.#last = this.#seen;
  }
}
