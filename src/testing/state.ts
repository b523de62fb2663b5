import { Home } from "./object/home.ts";
import { idFromName, uniqueId } from "./object/id.ts";

/** A `ctx` over storage in memory, to make an object with by hand: `new Counter(createMockDOState(), env)`. */
export function createMockDOState(name?: string): DurableObjectState {
  const id = name === undefined ? uniqueId() : idFromName("", name);
  return new Home({ id }).awake().state as unknown as DurableObjectState; // the kit's, alike in what it can
}

/** `createMockDOState()` as a class. */
export type SimpleState = DurableObjectState;

/** `createMockDOState()` as a class: `new Counter(new SimpleState(), {})`. */
export const SimpleState = class {
  constructor() {
    return createMockDOState();
  }
} as unknown as new () => DurableObjectState; // its constructor returns another object
