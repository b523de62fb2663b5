import { Registry } from "../metadata.ts";

/** A method decorator that wraps: blueprint.ts wraps an undecorated override the same way. */
export interface WrapEntry {
  /** The member as its author wrote it, `#name` for a private one. */
  readonly name: string | symbol;
  readonly decorator: "@Locked" | "@Cached" | "@Rpc";
  readonly wrap: (method: Method) => Method;
}

/** Any method, whatever its object. */
// `any`: a stored function takes the `this` it is called with.
export type Method = (this: any, ...args: any[]) => any;

/** What @Locked and @Cached wrapped, in the order of wrapping. */
export const wraps = new Registry<WrapEntry>("loom:wraps");

/** Gives `wrapper` the name and length of the method it stands for. */
export function standFor(method: Method, wrapper: Method, name: string | symbol = method.name): Method {
  return Object.defineProperties(wrapper, {
    name: { value: typeof name === "symbol" ? (name.description ?? "") : name },
    length: { value: method.length },
  });
}
