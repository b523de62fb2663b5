import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import type { Ledger } from "../fixtures/storage-object.ts";

test("rows, fields and stored values of a class survive an eviction", async () => {
  const ledger = objectOf<Ledger>("Ledger");
  await ledger.add(5);
  await ledger.add(-1);
  const before = await ledger.state();

  await evictDurableObject(ledger);

  expect(await ledger.state()).toEqual(before);
});

test("a transaction that fails takes back the persisted fields set inside, and those only", async () => {
  const ledger = objectOf<Ledger>("Ledger");
  await ledger.add(5);

  const state = await ledger.add(-1);

  expect(state).toEqual({
    ...{ balance: 5, total: 5, notes: ["add 5", "inside", "add -1"] },
    refused: { amount: -1, code: "GROVE-LOOM-041" },
  });
});

test("what a failed transaction took back stays taken back after an eviction", async () => {
  const ledger = objectOf<Ledger>("Ledger");
  await ledger.add(5);
  await ledger.add(-1);

  await evictDurableObject(ledger);

  expect(await ledger.state()).toMatchObject({ balance: 5, total: 5, notes: ["add 5", "inside", "add -1"] });
});
