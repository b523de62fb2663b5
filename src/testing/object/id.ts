import { sha256 } from "../node.ts";

/** The id of an object. */
export class MockObjectId {
  readonly #hex: string;
  readonly name: string | undefined;

  constructor(hex: string, name?: string) {
    this.#hex = hex;
    this.name = name;
  }

  toString(): string {
    return this.#hex;
  }

  equals(other: { toString(): string }): boolean {
    return other.toString() === this.#hex;
  }
}

/** The id of the object called `name` in the namespace called `space`. */
export function idFromName(space: string, name: string): MockObjectId {
  return new MockObjectId(sha256(JSON.stringify([space, name])), name);
}

/** An id of its own. */
export function uniqueId(): MockObjectId {
  return new MockObjectId(sha256(crypto.randomUUID()));
}

/** The id that was written as `hex`. */
export function idFromString(hex: string): MockObjectId {
  if (/^[0-9a-f]{64}$/.test(hex)) return new MockObjectId(hex);
  throw new TypeError("Invalid Durable Object ID: must be 64 hex digits");
}
