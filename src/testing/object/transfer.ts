import { nextTurn } from "../node.ts";
import { ofThisRealm } from "../storage/realm.ts";
import { currentWake } from "./context.ts";

type Copies = Map<object, unknown>;

// workerd hands these over as they are: what they read from stays where it is.
const passed = ["Request", "Response", "Headers", "ReadableStream", "WritableStream", "Blob", "AbortSignal"] as const;

const stubs = new WeakSet<object>();

/** Has `stub` handed over as it is. */
export function markStub<Stub extends object>(stub: Stub): Stub {
  stubs.add(stub);
  return stub;
}

/** `value` as it arrives at the other end of a call: copied, functions as something to call back. */
export function transfer(value: unknown, copies: Copies = new Map()): unknown {
  if (typeof value === "symbol") throw refused("Symbol");
  if (typeof value === "function") return stubs.has(value) ? value : calledBack(value as Callback);
  if (typeof value !== "object" || value === null || stubs.has(value)) return value;
  if (!copies.has(value)) copies.set(value, isPassed(value) ? value : copyOf(value, copies));
  return copies.get(value);
}

function copyOf(value: object, copies: Copies): unknown {
  if (Array.isArray(value)) return filled(value, [], copies);
  if (value instanceof Map) return mapped(value, copies);
  if (value instanceof Set) return collected(value, copies);
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return filled(value, {}, copies);
  const isBuiltIn = [Date, RegExp, Error, ArrayBuffer, Boolean, Number, String].some((type) => value instanceof type);
  if (isBuiltIn || ArrayBuffer.isView(value)) return ofThisRealm(structuredClone(value));
  throw refused(prototype.constructor.name);
}

function filled(value: object, copy: object, copies: Copies): object {
  copies.set(value, copy);
  for (const [key, each] of Object.entries(value)) {
    Object.defineProperty(copy, key, {
      ...{ value: transfer(each, copies), enumerable: true, writable: true, configurable: true },
    });
  }
  return copy;
}

function mapped(value: Map<unknown, unknown>, copies: Copies): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  copies.set(value, copy);
  for (const [key, each] of value) copy.set(transfer(key, copies), transfer(each, copies));
  return copy;
}

function collected(value: Set<unknown>, copies: Copies): Set<unknown> {
  const copy = new Set<unknown>();
  copies.set(value, copy);
  for (const each of value) copy.add(transfer(each, copies));
  return copy;
}

type Callback = (...args: unknown[]) => unknown;

/** What the other end has of a function: calls of it run where the function is. */
function calledBack(method: Callback): Callback {
  const home = currentWake()?.home;
  return markStub(async (...args: unknown[]) => {
    const copies = transfer(args) as unknown[];
    const run = async () => transfer(await method(...copies));
    if (home) return home.deliver(run, "a callback");
    await nextTurn();
    return run();
  });
}

function isPassed(value: object): boolean {
  const types = globalThis as unknown as Record<string, (new () => object) | undefined>;
  return passed.some((name) => types[name] && value instanceof types[name]);
}

function refused(type: string): DOMException {
  const problem = `Could not serialize object of type "${type}". This type does not support serialization.`;
  return new DOMException(problem, "DataCloneError");
}
