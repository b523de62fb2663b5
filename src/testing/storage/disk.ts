import { afterTurn } from "../node.ts";
import { Database } from "../sqlite.ts";

/** The writes of one turn, not on disk yet. */
type Pending = PromiseWithResolvers<boolean>;

/** Who has a disk. */
export interface Owner {
  /** Told after each commit. */
  committed(): void;
  /** Told when a commit has failed: nothing of the turn is kept. */
  fail(error: unknown): void;
  /** Told when another has it. */
  release(): void;
}

/** What one object has on disk, and the transaction that its turn has open there. */
export class Disk {
  #database = new Database();
  #pending: Pending | undefined;
  #isHeld = false;
  #depth = 0;
  #owner: Owner | undefined;

  /** Gives the disk to another object; the one before has it no more. */
  take(owner: Owner): void {
    this.#owner?.release();
    this.#owner = owner;
  }

  get database(): Database {
    return this.#database;
  }

  /** The output gate: undefined when everything is on disk; else resolves to whether it was committed. */
  get settling(): Promise<boolean> | undefined {
    return this.#pending?.promise;
  }

  /** Has what is written from now on committed with the rest of this turn. */
  touch(): void {
    if (this.#pending) return;
    this.#database.exec("BEGIN");
    const pending = Promise.withResolvers<boolean>();
    this.#pending = pending;
    afterTurn(() => {
      if (this.#pending === pending && !this.#isHeld) this.commit();
    });
  }

  /** Runs `work` in a transaction of its own inside the turn's. */
  nested<Result>(work: () => Result): Result {
    this.touch();
    const name = `loom_${(this.#depth += 1)}`;
    this.#database.exec(`SAVEPOINT ${name}`);
    try {
      const result = work();
      this.#database.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      if (this.#pending) this.#database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** Opens a transaction that lasts until `commit` or `rollback`, over many turns. */
  hold(): void {
    if (this.#pending) this.commit();
    this.touch();
    this.#isHeld = true;
  }

  commit(): void {
    const pending = this.#close();
    if (!pending) return;
    try {
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#undo();
      this.#owner?.fail(error);
      pending.resolve(false);
      return;
    }
    pending.resolve(true);
    this.#owner?.committed();
  }

  /** Takes back what is not committed. */
  rollback(): void {
    const pending = this.#close();
    if (!pending) return;
    this.#undo();
    pending.resolve(false);
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#pending) this.#database.exec("COMMIT");
    this.#database = new Database();
    if (!this.#pending) return;
    this.#database.exec("BEGIN");
  }

  #close(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#isHeld = false;
    return pending;
  }

  #undo(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself.
    }
  }
}
