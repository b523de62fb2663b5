import { AsyncLocalStorage as Native } from "node:async_hooks";

/** What follows a piece of work through its awaits. */
export interface AsyncContext<Store> {
  run<Args extends unknown[], Result>(store: Store, work: (...args: Args) => Result, ...args: Args): Result;
  getStore(): Store | undefined;
}

/** AsyncLocalStorage, in the compatibility date's default set since 2026-08-04 (nodejs_compat). */
export const AsyncLocalStorage: new <Store>() => AsyncContext<Store> = Native;
