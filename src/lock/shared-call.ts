import { startTimer } from "./queue.ts";
import type { Hold, LockRequest } from "./queue.ts";

/** A call that later callers may join. */
export interface SharedCall {
  readonly hold: Hold;
  readonly result: Promise<unknown>;
}

/** Waits for a running call's result, as long as the request allows. */
export function join(running: SharedCall, request: LockRequest): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const stop = startTimer(request, reject);
  joined(running.result).then(resolve, reject).finally(stop);
  return promise;
}

/** A running call's result for one who joins: of a Response, returned or thrown, a copy. */
export function joined(result: Promise<unknown>): Promise<unknown> {
  return result.then(copyOf, (thrown) => {
    throw copyOf(thrown);
  });
}

/** A Response's body can be read once: the copy is made before the first caller can read it. */
function copyOf(value: unknown): unknown {
  return value instanceof Response ? value.clone() : value;
}
