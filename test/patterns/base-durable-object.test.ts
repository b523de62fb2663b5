import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import {
  type DocumentGame,
  failuresOf,
  type Keeping,
  type MyDurableObject,
  type Starter,
} from "../fixtures/patterns-base.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

test("the document's first example counts, and has its count back after an eviction", async () => {
  const object = objectOf<MyDurableObject>("MyDurableObject");
  await (await object.fetch("https://object/increment")).text();
  const second = await object.fetch("https://object/increment");

  expect(await second.json()).toEqual({ counter: 2 });
  await evictDurableObject(object);

  const value = await object.fetch("https://object/value");
  const missing = await object.fetch("https://object/elsewhere");
  expect(await value.json()).toEqual({ counter: 2 });
  expect([missing.status, await missing.json()]).toEqual([404, { error: "Not found" }]);
});

test("the document's game takes four, and says so to the fifth", async () => {
  const game = objectOf<DocumentGame>("DocumentGame");
  const join = async (player: string) => (await game.fetch(`https://game/join?playerId=${player}`)).json();

  const answers = [await join("a"), await join("b"), await join("c"), await join("d"), await join("e")];

  expect(answers.map((answer) => (answer as { players?: number }).players)).toEqual([1, 2, 3, 4, undefined]);
  expect(answers[3]).toEqual({ success: true, joined: true, players: 4 });
  expect(answers[4]).toEqual({ error: "Game is full" });
});

test("the document's game has its state after an eviction", async () => {
  const game = objectOf<DocumentGame>("DocumentGame");
  const moved = await game.fetch("https://game/move?playerId=a", { method: "POST", body: '"e4"' });
  expect(await moved.json()).toEqual({ success: true });

  await evictDurableObject(game);

  expect(await (await game.fetch("https://game/state")).json()).toEqual({ status: 'a moved "e4"' });
});

test("several values are stored, read and deleted by one call, more than the platform takes at once", async () => {
  const object = objectOf<Keeping>("Keeping");
  const values = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`user:${index}`, { index }]));
  const keys = Object.keys(values);

  await object.keep(values);

  const found = await object.readAll([...keys, "missing"]);
  expect(Object.fromEntries(found)).toEqual(values);
  expect(await object.removeAll([...keys, "missing"])).toBe(300);
  expect([await object.read("user:1"), await object.remove("user:1")]).toEqual([undefined, false]);
});

test("list takes prefix, start, end, limit and reverse, and leaves out what is Loom's", async () => {
  const object = objectOf<Keeping>("Keeping");
  await object.setField();
  await object.keep({ a: 1, "user:1": 1, "user:2": 2, "user:3": 3, zebra: 1, "loom;": 1, lo: 1, é: 1 });
  const ranges = [
    {},
    { prefix: "user:", limit: 2, reverse: true },
    { prefix: "user:", end: "user:3" },
    { start: "m", limit: 2 },
    { end: "loom;" },
    { limit: 3 },
    { limit: 3, reverse: true },
    { prefix: "loom" },
    { prefix: "nothing" },
  ];

  const found: string[][] = [];
  for (const range of ranges) found.push(await object.keys(range));

  expect(found).toEqual([
    ["a", "lo", "loom;", "user:1", "user:2", "user:3", "zebra", "é"],
    ["user:3", "user:2"],
    ["user:1", "user:2"],
    ["user:1", "user:2"],
    ["a", "lo"],
    ["a", "lo", "loom;"],
    ["é", "zebra", "user:3"],
    ["loom;"],
    [],
  ]);
});

test("a key of Loom's own is refused, and nothing of that call is stored", async () => {
  const object = objectOf<Keeping>("Keeping");

  const error = await failureOf(object.keep({ fine: 1, "loom:fields": 2 }));

  expect(error).toMatchObject({ message: expect.stringContaining('"loom:fields"'), code: "GROVE-LOOM-043" });
  expect(await object.keys()).toEqual([]);
});

test("a transaction that throws leaves nothing", async () => {
  const object = objectOf<Keeping>("Keeping");
  await object.keep({ balance: 10 });

  const error = await failureOf(object.withdraw(11));
  await object.withdraw(4);

  expect(error).toMatchObject({ message: "Insufficient funds" });
  expect(await object.read("balance")).toBe(6);
  expect(await object.keys({ prefix: "transaction:" })).toHaveLength(1);
});

test("what runs under blockConcurrencyWhile is not interleaved", async () => {
  const object = objectOf<Keeping>("Keeping");

  await Promise.all(Array.from({ length: 20 }, () => object.count()));

  expect(await object.read("counter")).toBe(20);
});

test("a throw under blockConcurrencyWhile is the caller's, and does not reset the object", async () => {
  const object = objectOf<Keeping>("Keeping");
  await object.remember();

  const error = await failureOf(object.blockAndFail());

  expect(error).toMatchObject({ message: "not now" });
  expect(await object.remembers()).toBe(true);
});

test("onInitialize has run before the first event of any kind, once, and sees the object's fields", async () => {
  const object = objectOf<Starter>("Starter", "starts");

  expect(await object.found()).toEqual({ found: "state of starts", starts: 1 });
  expect(await object.found()).toEqual({ found: "state of starts", starts: 1 });
  await object.wakeLater();
  await evictDurableObject(object);
  await runDurableObjectAlarm(object);
  expect(await object.seen()).toBe("state of starts");
});

test("an onInitialize that fails refuses the event, and the next one tries again", async () => {
  capture();
  failuresOf.set("tries", 1);
  const object = objectOf<Starter>("Starter", "tries");

  const error = await failureOf(object.found());

  expect(error).toMatchObject({ code: "GROVE-LOOM-001" });
  expect(await object.found()).toEqual({ found: "state of tries", starts: 1 });
});

test.for([
  "get",
  "put",
  "delete",
  "list",
  "json",
  "success",
  "error",
  "blockConcurrencyWhile",
  "initialize",
  "onInitialize",
  "state",
])("%s is not callable over RPC", async (member) => {
  const object = objectOf<Keeping>("Keeping") as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;

  const error = await failureOf(object[member]!("key"));

  expect(error).toMatchObject({ message: expect.stringContaining("does not implement") });
});
