import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import type { LoomLogger } from "../logger.ts";
import { isThenable } from "../thenable.ts";
import { fromTemplate, toPlatform } from "./bindings.ts";
import type { SqlBinding } from "./bindings.ts";

/** A row as SQLite returns it. */
export type SqlRow = Record<string, SqlStorageValue>;

/** What a statement returned and what it cost. */
export interface SqlResult<Row = SqlRow> {
  readonly rows: Row[];
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** Keeps what is not in SQL, so that a transaction that rolls back takes it back too. */
export interface Savepoint {
  /** Called when a transaction starts; what it returns is called when that transaction rolls back. */
  begin(): () => void;
}

/** Options of a SqlHelper. */
export interface SqlHelperOptions {
  readonly rollback?: Savepoint;
  /** Called after each statement that has written rows. */
  readonly wrote?: (() => void) | undefined;
}

/** A transaction ends when its function returns, so the function cannot be async. */
export interface TransactionMustBeSynchronous {
  readonly message: "A transaction's function is synchronous: await before it, not inside.";
}

type Synchronous<Result> = [Result] extends [never]
  ? unknown
  : Result extends PromiseLike<unknown>
    ? TransactionMustBeSynchronous
    : unknown;

type Tag = (strings: TemplateStringsArray, ...values: SqlBinding[]) => SqlRow[];

// JsonStore tells a table that does not exist yet from a failure; nothing else looks past the log.
export const runUnless: unique symbol = Symbol("runUnless");

const AsyncFunction = (async () => {}).constructor;

/** An object whose instances can be called: what a constructor returns is what subclasses put their fields on. */
class Callable {
  constructor(call: Tag) {
    return Object.setPrototypeOf(call, new.target.prototype);
  }
}

/** A SQL statement as a tagged template: its rows, each `${value}` bound. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- TypeScript has no other way to say it
export interface SqlHelper {
  <Row extends object = SqlRow>(strings: TemplateStringsArray, ...values: SqlBinding[]): Row[];
}

/**
 * SQL on an object's storage: values bound as what they mean, rows typed, failures logged with their statement.
 *
 * @example
 * ```ts
 * const open = this.sql<Task>`SELECT * FROM tasks WHERE done = ${false}`;
 * ```
 */
export class SqlHelper extends Callable {
  readonly #storage: DurableObjectStorage;
  readonly #log: Pick<LoomLogger, "loomError">;
  readonly #rollback: Savepoint | undefined;
  readonly #wrote: (() => void) | undefined;

  constructor(storage: DurableObjectStorage, log: Pick<LoomLogger, "loomError">, options: SqlHelperOptions = {}) {
    const tag: Tag = (strings, ...values) => this.#run<SqlRow>(...fromTemplate(strings, values)).rows;
    super(tag);
    this.#storage = storage;
    this.#log = log;
    this.#rollback = options.rollback;
    this.#wrote = options.wrote;
  }

  /** The first row, or null when there is none. Every row is read, and paid for: write LIMIT 1 where several match. */
  queryOne<Row extends object = SqlRow>(query: string, ...bindings: SqlBinding[]): Row | null {
    return this.queryAll<Row>(query, ...bindings)[0] ?? null;
  }

  /** Every row. An integer beyond 2^53 arrives rounded: select `CAST(column AS TEXT)`. */
  queryAll<Row extends object = SqlRow>(query: string, ...bindings: SqlBinding[]): Row[] {
    return this.exec<Row>(query, ...bindings).rows;
  }

  /** Runs one statement, or several of which the last takes the bindings, and says what it cost. */
  exec<Row extends object = SqlRow>(query: string, ...bindings: SqlBinding[]): SqlResult<Row> {
    return this.#run<Row>(query, toPlatform(bindings));
  }

  /** Runs `work` so that all of its changes stay or none: a throw takes back persisted fields as well. */
  transaction<Result>(work: (() => Result) & Synchronous<Result>): Result {
    if (work instanceof AsyncFunction) throw asyncWork();
    const restore = this.#rollback?.begin();
    try {
      return this.#storage.transactionSync(() => {
        const result = work();
        if (isThenable(result)) throw asyncWork();
        return result;
      });
    } catch (error) {
      restore?.();
      throw error;
    }
  }

  /** As `exec`, but undefined for an error that `expected` knows: nothing is logged or thrown. */
  [runUnless](expected: (error: unknown) => boolean, query: string, ...bindings: SqlStorageValue[]) {
    try {
      const cursor = this.#storage.sql.exec(query, ...bindings);
      // Read to the end at once: a cursor that is left half read locks its table, and sees later changes.
      const rows = cursor.toArray();
      if (cursor.rowsWritten > 0) this.#wrote?.();
      return { rows, rowsRead: cursor.rowsRead, rowsWritten: cursor.rowsWritten };
    } catch (cause) {
      if (expected(cause)) return undefined;
      this.#log.loomError(LOOM_ERRORS.SQL_FAILED, { cause, statement: query });
      throw new LoomError(LOOM_ERRORS.SQL_FAILED, { message: "A SQL statement failed: the log has it.", cause });
    }
  }

  #run<Row>(query: string, bindings: readonly SqlStorageValue[]): SqlResult<Row> {
    // The caller names the columns: nothing here can check them.
    return this[runUnless](() => false, query, ...bindings) as SqlResult<Row>;
  }
}

function asyncWork(): LoomError {
  return misuse("sql.transaction: its function is async. Await before the transaction, not inside.");
}
