const countOf = new WeakMap<DurableObjectState, RowCount>();

/** The rows that an object has written, as the platform bills them: an alarm set is a row. */
export function rowsWritten(ctx: DurableObjectState): number {
  return countOf.get(ctx)!.rows;
}

/** `ctx` with a storage that counts; to be handed on to `super`. */
export function counted(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const { kv, sql } = storage;
  const count = new RowCount();
  countOf.set(ctx, count);
  const [exec, setAlarm, deleteAlarm] = [
    sql.exec.bind(sql),
    storage.setAlarm.bind(storage),
    storage.deleteAlarm.bind(storage),
  ];
  const [put, remove] = [kv.put.bind(kv), kv.delete.bind(kv)];
  replace(sql, "exec", (...args: Parameters<typeof exec>) => count.follow(exec(...args)));
  replace(storage, "setAlarm", (...args: Parameters<typeof setAlarm>) => count.add(1, setAlarm(...args)));
  replace(storage, "deleteAlarm", (...args: Parameters<typeof deleteAlarm>) => count.add(1, deleteAlarm(...args)));
  replace(kv, "put", (...args: Parameters<typeof put>) => count.add(1, put(...args)));
  replace(kv, "delete", (key: string) => {
    const isGone = remove(key);
    return count.add(isGone ? 1 : 0, isGone);
  });
  return ctx;
}

function replace<Target extends object>(target: Target, name: keyof Target, value: unknown): void {
  Object.defineProperty(target, name, { value });
}

class RowCount {
  #direct = 0;
  readonly #cursors: SqlStorageCursor<never>[] = [];

  get rows(): number {
    return this.#cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, this.#direct);
  }

  add<Result>(rows: number, result: Result): Result {
    this.#direct += rows;
    return result;
  }

  /** A cursor's rows are known when it has been read, which is later. */
  follow<Cursor>(cursor: Cursor): Cursor {
    this.#cursors.push(cursor as SqlStorageCursor<never>);
    return cursor;
  }
}
