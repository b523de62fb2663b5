import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Collected } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";

test("a size is counted once a wake and then kept", async () => {
  const stub = objectOf<Collected>("Collected");
  await runInDurableObject(stub, ({ map }) => map.set("a", 1).set("b", 2).size);

  const kept = await runInDurableObject(stub, ({ map }, { storage }) => {
    // A row that goes behind the map's back is not missed until it counts again.
    for (const [key] of [...storage.kv.list()]) if (key.endsWith("b")) storage.kv.delete(key);
    return [map.size, map.set("c", 3).size];
  });
  await evictDurableObject(stub);

  expect(kept).toEqual([2, 3]);
  expect(await runInDurableObject(stub, ({ map }) => map.size)).toBe(2);
});
