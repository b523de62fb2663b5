import type { Savepoint } from "../storage.ts";

/** Keeps in memory what storage has too, and can let go of it. */
export interface Remembering extends Savepoint {
  /** Forgets everything that can be read again. */
  forget(): void;
}

/** Everything of one object that a transaction which rolls back takes back. */
export class Savepoints implements Savepoint {
  readonly #fields: Savepoint;
  #parts: readonly Remembering[] | undefined;

  constructor(fields: Savepoint) {
    this.#fields = fields;
  }

  /** Has transactions include `part` from now on. */
  add(part: Remembering): void {
    this.#parts = [...(this.#parts ?? []), part];
  }

  begin(): () => void {
    const known = this.#parts ?? [];
    const undo = [this.#fields, ...known].map((part) => part.begin());
    return () => {
      for (const restore of undo) restore();
      // A part that was first used inside the transaction has seen nothing but it.
      for (const part of this.#parts?.slice(known.length) ?? []) part.forget();
    };
  }
}
