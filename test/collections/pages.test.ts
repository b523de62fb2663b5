import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { Collected } from "../fixtures/collections.ts";
import type { EntryRange } from "../../src/collections.ts";
import { objectOf } from "../support.ts";

const keyOf = (at: number) => String(at).padStart(5, "0");

/** An object whose map and list have `count` entries, evicted since. */
async function filled(count: number): Promise<DurableObjectStub<Collected>> {
  const stub = objectOf<Collected>("Collected");
  await runInDurableObject(stub, ({ map, list }) => {
    for (let at = 0; at < count; at++) map.set(keyOf(at), { at });
    for (let at = 0; at < count; at++) list.push(String(at));
  });
  await evictDurableObject(stub);
  return stub;
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("around the end of a page", () => {
  test.each([0, 1, 255, 256, 257, 511, 512, 513, 3000])("%i entries are walked, counted and cleared", async (count) => {
    const stub = await filled(count);

    const seen = await runInDurableObject(stub, async ({ map, list }) => {
      const keys = [...map.keys()];
      const reverse = [...map.keys({ reverse: true })].reverse();
      const pages: number[] = [];
      for await (const page of map.pages()) pages.push(page.length);
      const limited = [...map.keys({ limit: 256 })].length;
      const items = [...list];
      return { keys, reverse, pages, limited, items, size: map.size, cleared: map.clear(), left: [...map] };
    });

    expect(seen).toEqual({
      keys: numbers(count).map(keyOf),
      reverse: numbers(count).map(keyOf),
      pages: numbers(Math.ceil(count / 256)).map((page) => Math.min(256, count - page * 256)),
      limited: Math.min(256, count),
      items: numbers(count).map(String),
      size: count,
      cleared: count,
      left: [],
    });
  });

  test("a limit counts over all pages, forwards and backwards", async () => {
    const stub = await filled(600);

    const seen = await runInDurableObject(stub, async ({ map }) => {
      const lengths: number[] = [];
      for await (const page of map.pages({ limit: 300, reverse: true })) lengths.push(page.length);
      const cleared = map.clear({ limit: 500, reverse: true });
      return [lengths, [...map.keys({ limit: 300, start: keyOf(50) })].length, cleared, map.size];
    });

    expect(seen).toEqual([[256, 44], 50, 500, 100]);
  });
});

describe("a walk during which the map changes", () => {
  test("leaves out what is deleted ahead and sees what is changed as it is", async () => {
    const stub = await filled(300);

    const seen = await runInDurableObject(stub, ({ map }) => {
      const found: unknown[] = [];
      for (const [key, value] of map) {
        found.push((value as { at: number }).at);
        if (key !== keyOf(0)) continue;
        map.delete(keyOf(1));
        map.set(keyOf(2), { at: -2 });
        map.delete(keyOf(299));
      }
      return found;
    });

    expect(seen).toEqual([0, -2, ...numbers(299).slice(3)]);
  });

  test("can delete and change each entry on its way, and does not meet what it moves behind itself", async () => {
    const stub = await filled(600);

    const seen = await runInDurableObject(stub, ({ map }) => {
      for (const [key, value] of map) {
        map.set(`!${key}`, value);
        map.delete(key);
      }
      return [[...map.keys()], map.size];
    });

    expect(seen).toEqual([numbers(600).map((at) => `!${keyOf(at)}`), 600]);
  });

  test("goes on after a rollback took back what it saw", async () => {
    const stub = await filled(3);

    const seen = await runInDurableObject(stub, (object) => {
      const { map } = object;
      const keys = map.keys();
      const first = keys.next().value;
      const undone = () => {
        map.clear();
        throw new Error("undone");
      };
      expect(() => object.transact(undone)).toThrow("undone");
      return [first, ...keys];
    });

    expect(seen).toEqual(numbers(3).map(keyOf));
  });
});

test("other events run between every eighth page and the next, and may change what comes", async () => {
  const stub = await filled(3000);

  const walking = runInDurableObject(stub, async ({ map }) => {
    const sizes: number[] = [];
    for await (const page of map.pages()) sizes.push(page.length);
    return sizes;
  });
  const cleared = runInDurableObject(stub, ({ map }) => map.clear({ start: keyOf(256) }));

  expect([await walking, await cleared]).toEqual([Array<number>(8).fill(256), 2744]);
});

test("a page of large entries is shorter, and the walk goes on behind it", async () => {
  const stub = objectOf<Collected>("Collected");
  await runInDurableObject(stub, ({ map }) => {
    for (let at = 0; at < 9; at++) map.set(keyOf(at), String(at).repeat(1_500_000));
  });
  await evictDurableObject(stub);

  const seen = await runInDurableObject(stub, async ({ map }) => {
    const pages: number[] = [];
    for await (const page of map.pages()) pages.push(page.length);
    const first = (range: EntryRange) => [...map.entries(range)].map(([key, value]) => key + String(value)[0]);
    return [pages, first({}).length, first({ reverse: true, limit: 5 }), map.clear({ limit: 8 }), first({})];
  });

  const reverse = [8, 7, 6, 5, 4].map((at) => `${keyOf(at)}${at}`);
  expect(seen).toEqual([[2, 2, 2, 2, 1], 9, reverse, 8, ["000088"]]);
});
