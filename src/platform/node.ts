import { adopt, type Adopting } from "./adopt.ts";

export { AsyncLocalStorage, type AsyncContext } from "./async-context.ts";

/** The base class that workerd supplies: on Node it holds what it was given. */
class DurableObject<Env = unknown> {
  protected readonly ctx: DurableObjectState;
  protected readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
    (ctx as Adopting | undefined)?.[adopt]?.(this);
  }
}

/** Outside workerd nothing retries a call, so there is nothing to mark. */
function retryable(): void {}

export { DurableObject, retryable };
