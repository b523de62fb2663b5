import { retryable } from "#platform";
import { LOOM_ERRORS } from "./catalogue.ts";
import { LoomError } from "./errors.ts";
import { Registry } from "./metadata.ts";
import type { SchemaResult, StandardSchema } from "./data/standard-schema.ts";
import { isThenable } from "./thenable.ts";
import type { Issue } from "./types.ts";
import { plainIssue } from "./http/validate.ts";
import { type Method, standFor } from "./declare/wrap.ts";

/** How a method is called over RPC. */
export interface RpcOptions<Schemas extends readonly StandardSchema[] = readonly StandardSchema[]> {
  /** A schema an argument: what does not fit is refused, what it makes is passed on. */
  readonly args?: Schemas;
  /** Lets the platform call again after a lost connection. @default false */
  readonly idempotent?: boolean;
}

/** One method declared with @Rpc. */
export interface RpcEntry {
  readonly name: string | symbol;
  readonly options: RpcOptions;
  /** False under `@Rpc(false)`. */
  readonly isOpen: boolean;
}

/** What @Rpc recorded. */
export const rpcs = new Registry<RpcEntry>("loom:rpc");

const repeatable = new WeakSet<Method>();

/** Puts the platform's mark on the function itself: whatever wraps it needs it anew. */
export function markRepeatable(method: Method): void {
  repeatable.add(method);
  retryable(method);
}

/** True for what `markRepeatable` was given; the platform's own mark leaves no trace. */
export function isRepeatable(method: Method): boolean {
  return repeatable.has(method);
}

/** `method` behind a check of its arguments; it stays synchronous when every schema is. */
export function checked(method: Method, name: string | symbol, schemas: readonly StandardSchema[]): Method {
  return standFor(
    method,
    function (this: unknown, ...args: unknown[]) {
      const issues = surplus(args, schemas);
      if (issues.length > 0) throw refused(name, issues);
      const results = schemas.map((schema, index) => schema["~standard"].validate(args[index]));
      const call = (found: SchemaResult<unknown>[]) => method.apply(this, valuesOf(found, name));
      return results.some(isThenable) ? Promise.all(results).then(call) : call(results as SchemaResult<unknown>[]);
    },
    name,
  );
}

function surplus(args: readonly unknown[], schemas: readonly StandardSchema[]): Issue[] {
  return args.length <= schemas.length ? [] : [{ message: `Expected ${schemas.length} arguments, got ${args.length}` }];
}

function valuesOf(results: readonly SchemaResult<unknown>[], name: string | symbol): unknown[] {
  const issues = results.flatMap((result, index) => (result.issues ?? []).map((issue) => at(index, plainIssue(issue))));
  if (issues.length > 0) throw refused(name, issues);
  return results.map((result) => (result as { value: unknown }).value);
}

function at(index: number, { message, path = [] }: Issue): Issue {
  return { message, path: [index, ...path] };
}

// Issues stay in the object, so the message carries them: it is what an RPC caller sees.
function refused(name: string | symbol, issues: readonly Issue[]): LoomError {
  const found = issues.map(({ message, path }) => (path ? `[${path.join(".")}] ${message}` : message)).join("; ");
  return new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: `@Rpc ${String(name)}: ${found}`, issues });
}
