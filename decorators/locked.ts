import { misuse } from "../src/errors.ts";
import { termsOf } from "../src/lock/queue.ts";
import type { LockOptions } from "../src/lock.ts";
import { checkPlacement } from "../src/declare/placement.ts";
import { toolsOf } from "../src/object/tools.ts";
import { standFor, wraps } from "../src/declare/wrap.ts";
import type { Method } from "../src/declare/wrap.ts";
import type { Wrapping } from "../src/declare/wrapping-types.ts";

/** A lock under which every call runs: nobody gets another's result, so the method may take arguments. */
export interface ExclusiveLockOptions extends LockOptions {
  readonly mode: "queue" | "reject";
}

/** What the compiler names when callers with different arguments would share one result. */
export interface ShareNeedsAKeyOfTheArguments {
  readonly message: 'Write `@Locked((id: string) => …)`, or `@Locked({ mode: "queue" })`.';
}

/** What the compiler names when the key function does not fit the method. */
export interface KeyFunctionTakesOtherArguments {
  readonly message: "The key function is given the method's arguments.";
}

type Shared<This, Value extends Method> = Wrapping<
  This,
  Value,
  Parameters<Value> extends [] ? Value : ShareNeedsAKeyOfTheArguments
>;
type Keyed<This, Value extends Method, Args extends readonly unknown[]> = Wrapping<
  This,
  Value,
  ((...args: Args) => string) extends (...args: Parameters<Value>) => string ? Value : KeyFunctionTakesOtherArguments
>;
type Place<This, Value extends Method> = ClassMethodDecoratorContext<This, Value>;

/** @Locked in mode share, under one name. */
export type SharedLock = <This, Value extends Method>(
  method: Value,
  context: Place<This, Value>,
) => Shared<This, Value>;

/** @Locked in mode queue or reject. */
export type ExclusiveLock = <This, Value extends Method>(
  method: Value,
  context: Place<This, Value>,
) => Wrapping<This, Value>;

/** @Locked under names made from the arguments. */
export type KeyedLock<Args extends readonly unknown[]> = <This, Value extends Method>(
  method: Value,
  context: Place<This, Value>,
) => Keyed<This, Value, Args>;

/**
 * Runs the method under a named lock, its own name by default: `share`, `queue` or `reject` says what a second call does.
 *
 * One name is one lock, whichever methods use it. A queueing or rejecting method may call others under the same lock.
 *
 * @example
 * ```ts
 * @Locked async refresh() { this.rates = await loadRates(this.env.DB); }
 * @Locked((id: string) => `order:${id}`, { mode: "queue", timeout: "5s" })
 * async pay(id: string, amount: number) { … }
 * ```
 */
export function Locked<This, Value extends Method>(method: Value, context: Place<This, Value>): Shared<This, Value>;
export function Locked(name: string, options: ExclusiveLockOptions): ExclusiveLock;
export function Locked(options: ExclusiveLockOptions): ExclusiveLock;
export function Locked<Args extends readonly unknown[]>(
  key: (...args: Args) => string,
  options?: LockOptions,
): KeyedLock<Args>;
export function Locked(name?: string, options?: LockOptions): SharedLock;
export function Locked(options: LockOptions): SharedLock;
export function Locked(...given: readonly unknown[]): unknown {
  // A legacy compiler calls a bare decorator with three arguments, which `lock` refuses.
  if (given.length === 3 || isContext(given[1])) return lock(given[0] as Method, given[1], {});
  const options = (typeof given[0] === "object" ? given[0] : given[1]) as LockOptions | undefined;
  const key = typeof given[0] === "object" ? undefined : (given[0] as Plan["key"]);
  return (method: Method, context: unknown) => lock(method, context, { key, ...options });
}

interface Plan extends LockOptions {
  readonly key?: string | ((...args: readonly unknown[]) => unknown) | undefined;
}

function lock(method: Method, context: unknown, plan: Plan): Method {
  checkPlacement("@Locked", "method", context);
  const wrap = wrapper(context.name, plan);
  wraps.add(context, { name: context.name, decorator: "@Locked", wrap });
  return wrap(method);
}

function wrapper(member: string | symbol, plan: Plan): (method: Method) => Method {
  const where = `@Locked ${String(member)}`;
  const { key = member } = plan;
  const terms = termsOf(plan, where);
  return (method) => {
    if (terms.mode === "share" && typeof key !== "function" && method.length > 0) throw sharesArguments(where);
    const outer: Method = async function (...args) {
      const name = typeof key === "function" ? nameOf(key(...args), where) : key;
      const request = { key: name, where, member, wrapper: outer, ...terms };
      return toolsOf(this).locks.run(request, () => method.apply(this, args));
    };
    return standFor(method, outer, member);
  };
}

function isContext(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value;
}

function nameOf(key: unknown, where: string): string {
  if (typeof key === "string") return key;
  throw misuse(`${where}: the key function returned ${String(key)}. Return a string.`);
}

function sharesArguments(where: string): Error {
  return misuse(
    `${where}: callers with different arguments would share one result. ` +
      'Write `@Locked((id: string) => …)`, or `@Locked({ mode: "queue" })`.',
  );
}
