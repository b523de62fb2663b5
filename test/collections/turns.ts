import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import fc from "fast-check";
import type { Collected } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";

/** One operation: done to the real thing and to its model, both say what they saw. */
export type Operation<Real, Model> = (real: Real, model: Model) => readonly [seen: unknown, expected: unknown];

/** What happens to the operations of a turn, and to the object after it. */
export interface Turn<Real, Model> {
  readonly operations: readonly Operation<Real, Model>[];
  readonly end: "stays" | "evicted" | "rolled back" | "rolled back in part";
}

/** Turns of `operation`. */
export function turnsOf<Real, Model>(operation: fc.Arbitrary<Operation<Real, Model>>) {
  const end = fc.constantFrom("stays", "evicted", "rolled back", "rolled back in part");
  return fc.array(fc.record({ operations: fc.array(operation, { maxLength: 8 }), end }), { maxLength: 8 });
}

/** What a model is told about one kind of collection. */
export interface Subject<Real, Model> {
  real(object: Collected): Real;
  copy(model: Model): Model;
  check(real: Real, model: Model): void;
}

/** Plays `turns` on a new object and on `model`; after each the two must be the same. */
export async function play<Real, Model>(subject: Subject<Real, Model>, model: Model, turns: Turn<Real, Model>[]) {
  const stub = objectOf<Collected>("Collected");
  let state = model;
  for (const { operations, end } of turns) {
    state = await runInDurableObject(stub, (object) => {
      const next = subject.copy(state);
      const real = subject.real(object);
      if (!end.startsWith("rolled")) {
        run(operations, real, next);
        return next;
      }
      const kept = end === "rolled back" ? 0 : operations.length >> 1;
      run(operations.slice(0, kept), real, next);
      const before = subject.copy(next);
      expect(() => object.transact(() => fail(() => run(operations.slice(kept), real, next)))).toThrow("rolled back");
      return before;
    });
    if (end === "evicted") await evictDurableObject(stub);
    const expected = state;
    await runInDurableObject(stub, (object) => subject.check(subject.real(object), expected));
  }
}

function run<Real, Model>(operations: readonly Operation<Real, Model>[], real: Real, model: Model): void {
  for (const operation of operations) {
    const [seen, expected] = operation(real, model);
    expect(seen).toEqual(expected);
  }
}

function fail(work: () => void): never {
  work();
  throw new Error("rolled back");
}
