import { running } from "./context.ts";
import type { Wake } from "./wake.ts";

/** Has the `fetch` of an object that a test made itself wait until it has started: no gate is in front of that call. */
export function holdFetch(object: object, wake: Wake): void {
  const { fetch } = object as { readonly fetch?: (request: Request) => unknown };
  if (!fetch) return;
  const value = async (request: Request) => {
    const caller = running.getStore();
    // What the start itself calls goes on.
    const section = caller?.wake === wake ? caller.section : undefined;
    await wake.gate.enter(section);
    return wake.inside(() => fetch.call(object, request), section);
  };
  Object.defineProperty(object, "fetch", { value, configurable: true, writable: true });
}
