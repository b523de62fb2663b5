import { startTimer } from "./lock-queue.ts";
import type { Hold, LockRequest } from "./lock-queue.ts";

/** A call that later callers may join. */
export interface SharedCall {
  readonly hold: Hold;
  readonly result: Promise<unknown>;
}

/** Waits for a running call's result, as long as the request allows. */
export function join(running: SharedCall, request: LockRequest): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const stop = startTimer(request, reject);
  running.result.then(copyOf).then(resolve, reject).finally(stop);
  return promise;
}

/** A Response's body can be read once: every caller that joins gets a copy, made before the first can read it. */
function copyOf(value: unknown): unknown {
  return value instanceof Response ? value.clone() : value;
}
