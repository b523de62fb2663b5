import { expect, test } from "vitest";
import { inside } from "./inside.ts";

test("a write costs one row, in a table that was made with the first", async () => {
  await inside((object) => {
    expect(object.rowsWritten(() => object.store.set("a", 1))).toBe(3);
    expect(object.rowsWritten(() => object.store.set("b", 1))).toBe(1);
    expect(object.rowsWritten(() => object.store.set("a", 2))).toBe(1);
    expect(object.rowsWritten(() => object.store.set({ a: 3, c: 3 }))).toBe(2);
    expect(object.rowsWritten(() => object.store.delete("a"))).toBe(1);
    expect(object.rowsRead(() => object.store.get("b"))).toBe(1);
  });
});

test("a prefix reads its own rows and the one after them", async () => {
  await inside((object) => {
    object.store.set(new Map(Array.from({ length: 100 }, (_, index) => [`${index % 10}:${index}`, index])));

    expect(object.rowsRead(() => object.store.list({ prefix: "3:" }))).toBe(11);
    expect(object.rowsRead(() => object.store.list({ prefix: "3:", limit: 2 }))).toBe(2);
  });
});
