import { checkPlacement } from "../src/declare/placement.ts";
import { checked, markRepeatable, rpcs, type RpcOptions } from "../src/rpc.ts";
import type { SchemaOutput, StandardSchema } from "../src/data/standard-schema.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import { type Method, wraps } from "../src/declare/wrap.ts";

/** The arguments a list of schemas makes. */
type Outputs<Schemas extends readonly StandardSchema[]> = {
  -readonly [At in keyof Schemas]: SchemaOutput<Schemas[At]>;
};

/** @Rpc on a method that takes `Args`. */
export type RpcDecorator<Args extends readonly unknown[]> = <
  This extends AnyLoomDO,
  Value extends (this: This, ...args: Args) => unknown,
>(
  method: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember & { readonly private: false },
) => Value | void;

/**
 * Declares a method callable over RPC: checks its arguments, marks it repeatable, keeps it reachable.
 *
 * `@Rpc(false)` hides one instead, its overrides included: a hook that subclasses override cannot be `#private`.
 *
 * @example
 * ```ts
 * @Rpc({ args: [z.string(), z.number().int()], idempotent: true })
 * setScore(player: string, score: number) { this.scores = { ...this.scores, [player]: score }; }
 * ```
 */
export function Rpc<This extends AnyLoomDO, Value extends Method>(
  method: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember & { readonly private: false },
): void;
// `any`: without schemas a method may take whatever it likes.
export function Rpc(options: false): RpcDecorator<any[]>;
// `any`: the same.
export function Rpc(options?: RpcOptions & { readonly args?: never }): RpcDecorator<any[]>;
// `any`: a schema accepts an input of its own.
export function Rpc<const Schemas extends readonly StandardSchema<any>[]>(
  options: RpcOptions<Schemas>,
): RpcDecorator<Outputs<Schemas>>;
export function Rpc(first: unknown, context?: unknown): unknown {
  if (typeof first === "function") return declare(first as Method, context, {});
  return (method: Method, where: unknown) => declare(method, where, (first ?? {}) as RpcOptions | false);
}

function declare(method: Method, context: unknown, given: RpcOptions | false): Method {
  checkPlacement("@Rpc", "method", context);
  const { name } = context;
  const options = given || {};
  rpcs.add(context, { name, options, isOpen: given !== false });
  const { args, idempotent } = options;
  const wrap = (inner: Method) => {
    const outer = args ? checked(inner, name, args) : inner;
    if (idempotent) markRepeatable(outer);
    return outer;
  };
  // Recorded without options too: it replaces what a parent's @Rpc says.
  wraps.add(context, { name, decorator: "@Rpc", wrap });
  return wrap(method);
}
