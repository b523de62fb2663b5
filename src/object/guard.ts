import { internals } from "./internals.ts";
import { errorResponse } from "../http/respond.ts";
import { isRepeatable, markRepeatable } from "../rpc.ts";
import { type Method, standFor } from "../declare/wrap.ts";
import type { AnyLoomDO } from "../types.ts";

const guards = new WeakSet<Method>();

/**
 * Has the methods `names` of `prototypes` ask whether the object has started.
 *
 * Put in place when a start of the class fails for the first time, which the call that is waiting sees (workerd
 * 2026-10-23): a class that starts well pays nothing and keeps its `retryable` marks.
 */
export function guardMembers(prototypes: readonly object[], names: ReadonlySet<string>) {
  for (const prototype of prototypes) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (names.has(name)) guardMember(prototype, name);
    }
  }
}

/** Has the platform's own handlers of a class ask too: a `fetch` answers the refusal, the others throw it. */
export function guardHandlers(prototype: object): void {
  for (const name of ["fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"]) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (typeof descriptor?.value !== "function" || guards.has(descriptor.value as Method)) continue;
    const value = (name === "fetch" ? guardFetch : guard)(descriptor.value as Method);
    Object.defineProperty(prototype, name, { ...descriptor, value });
  }
}

/** An overridden `fetch`, with a refusal as its answer. */
function guardFetch(method: Method): Method {
  return guarding(method, function (this: AnyLoomDO, request: Request) {
    const waiting = this[internals]?.start.enter();
    return waiting === undefined
      ? method.call(this, request)
      : waiting.then(() => method.call(this, request), errorResponse);
  });
}

function guardMember(prototype: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  if (guards.has((descriptor.value ?? descriptor.get) as Method)) return;
  if (typeof descriptor.value === "function") {
    const method = guard(descriptor.value as Method);
    if (isRepeatable(descriptor.value as Method)) markRepeatable(method);
    Object.defineProperty(prototype, name, { ...descriptor, value: method });
  } else if (descriptor.get) {
    Object.defineProperty(prototype, name, { ...descriptor, get: guard(descriptor.get) });
  }
}

function guard(method: Method): Method {
  return guarding(method, function (this: AnyLoomDO, ...args: unknown[]) {
    const waiting = this[internals]?.start.enter();
    return waiting === undefined ? method.apply(this, args) : waiting.then(() => method.apply(this, args));
  });
}

function guarding(method: Method, wrapper: Method): Method {
  guards.add(wrapper);
  return standFor(method, wrapper);
}
