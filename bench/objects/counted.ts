const countOf = new WeakMap<DurableObjectState, RowCount>();

/** The rows that an object has written, as the platform bills them: an alarm set is a row. */
export function rowsWritten(ctx: DurableObjectState): number {
  return countOf.get(ctx)!.written;
}

/** `ctx` with a storage that counts, by itself or into what others count in too; to be handed on to `super`. */
export function counted(ctx: DurableObjectState, count = new RowCount()): DurableObjectState {
  const { storage } = ctx;
  const { kv, sql } = storage;
  countOf.set(ctx, count);
  const [exec, setAlarm, deleteAlarm] = [
    sql.exec.bind(sql),
    storage.setAlarm.bind(storage),
    storage.deleteAlarm.bind(storage),
  ];
  const [get, put, remove] = [kv.get.bind(kv), kv.put.bind(kv), kv.delete.bind(kv)];
  replace(sql, "exec", (...args: Parameters<typeof exec>) => count.follow(exec(...args)));
  replace(storage, "setAlarm", (...args: Parameters<typeof setAlarm>) => count.addWritten(1, setAlarm(...args)));
  replace(storage, "deleteAlarm", (...args: Parameters<typeof deleteAlarm>) =>
    count.addWritten(1, deleteAlarm(...args)),
  );
  replace(kv, "get", (key: string) => count.addRead(1, get(key)));
  replace(kv, "put", (...args: Parameters<typeof put>) => count.addWritten(1, put(...args)));
  replace(kv, "delete", (key: string) => {
    const isGone = remove(key);
    return count.addWritten(isGone ? 1 : 0, isGone);
  });
  return ctx;
}

function replace<Target extends object>(target: Target, name: keyof Target, value: unknown): void {
  Object.defineProperty(target, name, { value });
}

// A cursor holds on to its statement: the rows of all but the last ones, which may be under way, are added up.
const mostCursors = 100;

/** Rows, of which a key of `storage.kv` is one; those that its `list` reads are left out. */
export class RowCount {
  readonly #direct = { written: 0, read: 0 };
  readonly #cursors: SqlStorageCursor<never>[] = [];

  get written(): number {
    return this.#cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, this.#direct.written);
  }

  get read(): number {
    return this.#cursors.reduce((sum, { rowsRead }) => sum + rowsRead, this.#direct.read);
  }

  addWritten<Result>(rows: number, result: Result): Result {
    this.#direct.written += rows;
    return result;
  }

  addRead<Result>(rows: number, result: Result): Result {
    this.#direct.read += rows;
    return result;
  }

  /** A cursor's rows are known when it has been read, which is later. */
  follow<Cursor>(cursor: Cursor): Cursor {
    this.#cursors.push(cursor as SqlStorageCursor<never>);
    if (this.#cursors.length > mostCursors) {
      const { rowsWritten, rowsRead } = this.#cursors.shift()!;
      this.#direct.written += rowsWritten;
      this.#direct.read += rowsRead;
    }
    return cursor;
  }
}
