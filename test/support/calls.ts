/** A call that a test starts, watches and ends by hand. */
export class Call<Result = string> {
  hasStarted = false;
  readonly #end = Promise.withResolvers<Result>();

  /** What the lock is to run. */
  readonly run = (): Promise<Result> => {
    this.hasStarted = true;
    return this.#end.promise;
  };

  resolve(result: Result): void {
    this.#end.resolve(result);
  }

  reject(error: unknown): void {
    this.#end.reject(error);
  }
}

/** Lets everything that waits for settled promises only run to its end. */
export async function microtasks(): Promise<void> {
  for (let left = 50; left > 0; left -= 1) await Promise.resolve();
}
