import type { AnyLoomDO } from "../types.ts";
import type { Method } from "./wrap.ts";

/** What the compiler names when the class does not extend LoomDO, or the method is static. */
export interface GoesOnAMethodOfALoomDO {
  readonly message: "Put it on a method of the instance, in a class that extends LoomDO.";
}

/** What the compiler names when the method returns no promise. */
export interface TheMethodMustBeAsync {
  readonly message: "Its callers may have to wait: return a promise.";
}

/** What a wrapping decorator returns: `Fitting`, or a named type that the compiler prints as the reason against it. */
export type Wrapping<This, Value extends Method, Fitting = Value> = This extends AnyLoomDO
  ? ReturnType<Value> extends Promise<unknown>
    ? Fitting
    : TheMethodMustBeAsync
  : GoesOnAMethodOfALoomDO;
