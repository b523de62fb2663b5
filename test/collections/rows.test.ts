import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { type Collected, rowsWritten } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";

type Work = (object: Collected) => unknown;

/** The rows that each of `turns` writes, one after the other. */
function rowsOf(stub: DurableObjectStub<Collected>, turns: readonly Work[]): Promise<number[]> {
  return runInDurableObject(stub, async (object, ctx) => {
    const rows: number[] = [];
    for (const turn of turns) {
      const before = rowsWritten(ctx);
      turn(object);
      await Promise.resolve();
      rows.push(rowsWritten(ctx) - before);
    }
    return rows;
  });
}

const draft = { title: "Spring", tags: ["a"] };
const setTwo: Work = ({ map }) => map.set("a", draft).set("b", draft);
const pushThree: Work = ({ list }) => list.push("a", "b", "c");

test.each<[string, Work[], number[]]>([
  ["an entry is a row, whatever is stored of the others", [setTwo, ({ map }) => map.set("c", 1)], [2, 1]],
  ["an entry set many times in a turn is one row", [setTwo, ({ map }) => map.set("c", 1).set("c", 2)], [2, 1]],
  ["an equal value costs nothing", [setTwo, ({ map }) => map.set("a", structuredClone(draft))], [2, 0]],
  ["a deleted entry is a row", [setTwo, ({ map }) => map.delete("a")], [2, 1]],
  ["deleting what is not there costs nothing", [setTwo, ({ map }) => map.delete("x")], [2, 0]],
  ["an entry that comes and goes in a turn costs nothing", [setTwo, ({ map }) => map.set("c", 1).delete("c")], [2, 0]],
  ["clearing is a row an entry", [setTwo, ({ map }) => map.clear()], [2, 2]],
  ["clearing a range is a row for each that is in it", [setTwo, ({ map }) => map.clear({ prefix: "b" })], [2, 1]],
  ["a size that is known costs nothing to keep", [setTwo, ({ map }) => map.size + map.set("c", 1).size], [2, 1]],
  ["a list pays for what is added and taken", [pushThree, ({ list }) => [list.shift(), list.pop()]], [3, 2]],
  ["a list's front is as cheap as its end", [pushThree, ({ list }) => list.unshift("x")], [3, 1]],
  ["an entry of a set is a row once", [({ set }) => set.add("a").add("a"), ({ set }) => set.add("a")], [1, 0]],
  ["a range read in between writes no row twice", [setTwo, ({ map }) => [map.set("c", 1), [...map], map.size]], [2, 1]],
])("%s", async (_, turns, rows) => {
  expect(await rowsOf(objectOf("Collected"), turns)).toEqual(rows);
});

test("an object whose collections were only read has no table and no row", async () => {
  const stub = objectOf<Collected>("Collected");

  const tables = await runInDurableObject(stub, ({ map, set, list, quoted }, ctx) => {
    const seen = [map.get("a"), map.size, [...map], set.has("a"), list.length, list.at(0), list.pop(), quoted.clear()];
    return [...seen, [...ctx.storage.sql.exec("SELECT name FROM sqlite_master")]];
  });

  expect(tables).toEqual([undefined, 0, [], false, 0, undefined, undefined, 0, []]);
});

test("a turn of 1,000 changes is rolled back whole, with what it wrote early", async () => {
  const rows = await runInDurableObject(objectOf<Collected>("Collected"), async (object, ctx) => {
    object.map.set("before", 1);
    const fill = () => {
      for (let at = 0; at < 1000; at++) object.map.set(`entry-${at}`, at);
      throw new Error(`${object.map.size} entries`);
    };
    expect(() => object.transact(fill)).toThrow("1001 entries");
    await Promise.resolve();
    return [[...object.map], [...ctx.storage.kv.list()].length];
  });

  expect(rows).toEqual([[["before", 1]], 1]);
});
