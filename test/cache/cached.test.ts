import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";
import type { CacheForms } from "../fixtures/cache.ts";

afterEach(() => void vi.restoreAllMocks());

const forms = () => objectOf<CacheForms>("CacheForms");

async function opened() {
  const object = forms();
  await object.open();
  return object;
}

test("callers over RPC that overlap share one run, and later ones get its result", async () => {
  const object = forms();

  const results = [object.config(), object.config()];
  await object.open();

  expect(await Promise.all(results)).toEqual(Array(2).fill({ name: "config", run: 1 }));
  expect(await object.config()).toEqual({ name: "config", run: 1 });
});

test("arguments that arrive over RPC are compared by what they hold", async () => {
  const object = await opened();

  const results = [
    await object.page("a", { tags: ["x"] }),
    await object.page("a", { tags: ["x"] }),
    await object.page("a", { tags: ["y"] }),
    await object.page("a"),
  ];

  expect(results.map(({ run }) => run)).toEqual([1, 1, 2, 3]);
});

test("a route that takes nothing can be cached, whichever decorator comes first", async () => {
  const object = await opened();
  const ask = async () => (await object.fetch("https://do/config")).json();

  expect([await ask(), await ask()]).toEqual(Array(2).fill({ name: "configRoute", run: 1 }));
});

test("a route that takes the event cannot be cached, and the log says why", async () => {
  const written = capture();
  const response = await (await opened()).fetch("https://do/pages/hello");

  expect([response.status, await response.json()]).toMatchObject([500, { error_code: "GROVE-LOOM-080" }]);
  const reason = "@Cached pageRoute: argument 1 is or holds an object of class LoomRequestContext";
  expect(written.only()).toMatchObject({ cause: { message: expect.stringContaining(reason) } });
});

test("a Response cannot be cached, and the log says why", async () => {
  const written = capture();
  const response = await (await opened()).fetch("https://do/response");

  expect([response.status, await response.json()]).toMatchObject([500, { error_code: "GROVE-LOOM-080" }]);
  const reason = "@Cached response: a Response can be read once";
  expect(written.only()).toMatchObject({ cause: { message: expect.stringContaining(reason) } });
});

test("a private method can be cached and cleared", async () => {
  const object = await opened();

  const before = [await object.callHidden(), await object.callHidden()];
  await object.clearHidden();

  expect([...before, await object.callHidden()].map(({ run }) => run)).toEqual([1, 1, 2]);
});

test("a result is frozen", async () => {
  const object = await opened();

  expect(await failureOf(object.changesResult())).toBeInstanceOf(TypeError);
  expect(await object.config()).toEqual({ name: "config", run: 1 });
});

test("a frozen result crosses RPC as it is, every time", async () => {
  const object = await opened();
  const expected = { run: 1, map: new Map([["a", new Set([1n])]]), at: new Date(0), bytes: new Uint8Array([1, 2]) };

  expect([await object.rich(), await object.rich()]).toEqual([expected, expected]);
});

test("clear forgets one method's results, or those for one set of arguments", async () => {
  const object = await opened();
  const all = async () => [await object.config(), await object.page("a"), await object.page("b")];
  const runs = async () => (await all()).map(({ run }) => run);

  const first = await runs();
  await object.clearPage("a");
  const second = await runs();
  await object.clearConfig();
  const third = await runs();
  await object.clearAll();
  const fourth = await runs();

  expect([first, second, third, fourth]).toEqual([
    [1, 2, 3],
    [1, 4, 3],
    [5, 4, 3],
    [6, 7, 8],
  ]);
});

test("the last good result is served when a refresh fails", async () => {
  const written = capture();
  const object = await opened();
  await object.lastGood();

  await object.goOffline();

  expect(await object.lastGood()).toEqual({ name: "lastGood", run: 1 });
  expect(await failureOf(object.config())).toMatchObject({ message: "offline" });
  expect(written.only()).toMatchObject({ message: "@Cached lastGood failed: the last good result is served" });
});

test("a cached method that calls itself fails instead of hanging", async () => {
  const failure = await failureOf(forms().callsItself());

  expect(failure).toMatchObject({
    code: "GROVE-LOOM-080",
    message: expect.stringContaining("@Cached callsItself: the call asks for its own result"),
  });
});

test("an object evicted while a call was running wakes with an empty cache", async () => {
  const object = forms();
  await object.leaveRunning();

  await evictDurableObject(object);
  await object.open();

  expect(await object.config()).toEqual({ name: "config", run: 1 });
});

test("callers that share a run which throws a Response each get all of it", async () => {
  const object = forms();

  const responses = [object.fetch("https://object/missing"), object.fetch("https://object/missing")];
  await object.open();

  const texts = responses.map(async (response) => (await response).text());
  expect(await Promise.all(texts)).toEqual(["not here", "not here"]);
});
