// The one part of node:async_hooks that Loom uses, so that no user needs the types of Node.
declare module "node:async_hooks" {
  export class AsyncLocalStorage<Store> {
    run<Args extends unknown[], Result>(store: Store, work: (...args: Args) => Result, ...args: Args): Result;
    getStore(): Store | undefined;
  }
}
