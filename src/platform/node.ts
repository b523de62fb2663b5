import { AsyncLocalStorage } from "node:async_hooks";

/** The base class that workerd supplies: on Node it holds what it was given. */
class DurableObject<Env = unknown> {
  protected readonly ctx: DurableObjectState;
  protected readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}

/** Outside workerd nothing retries a call, so there is nothing to mark. */
function retryable(): void {}

export { AsyncLocalStorage, DurableObject, retryable };
