import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMockDOEnv, createMockDOState, SimpleState, wake } from "loom-do/testing";
import { expect, test, vi } from "vitest";
import { Bell, Tally } from "./fixtures.ts";

test("a crash takes back what was not committed, and fails what runs", async () => {
  const tally = wake(Tally);
  await tally.call.add(1);
  const hanging = tally.call.addTurnAdd();
  const failed = expect(hanging).rejects.toMatchObject({ message: "Network connection lost.", retryable: true });
  await tally.settle();

  tally.crash();

  await failed;
  expect(await tally.call.add(0)).toBe(3);
});

test("a crash in the middle of a turn takes the turn back", async () => {
  const tally = wake(Tally);
  await tally.call.add(1);
  const failed = expect(
    tally.inside((object) => {
      object.count = 100;
      tally.crash();
    }),
  ).rejects.toThrow("Network connection lost.");

  await failed;
  expect(await tally.call.add(0)).toBe(1);
});

test("an instance that is no longer the object says so to the test", async () => {
  const tally = wake(Tally);
  const old = await tally.inside((object) => ({ write: () => object.add(5) }));

  await tally.evict();

  expect(() => old.write()).toThrow("This instance is no longer the object");
  expect(await tally.call.add(0)).toBe(0);
});

test("what still runs of a wake that is over changes nothing, and fails nothing", async () => {
  const lines = vi.spyOn(console, "error");
  const tally = wake(Tally);
  const failed = expect(tally.call.abortThenAdd(5)).rejects.toThrow("too late");

  await failed;
  await tally.settle();

  expect(await tally.call.add(0)).toBe(0);
  expect(lines).not.toHaveBeenCalled();
});

test("an eviction waits for what runs", async () => {
  const bell = wake(Bell);
  const waiting = bell.call.wait(1);

  await bell.evict();

  expect(await waiting).toEqual(expect.any(Number));
});

test("objects of one env call each other by name", async () => {
  const env = createMockDOEnv({ TALLIES: Tally, greeting: "hello" });

  expect(await wake(Tally, { env, name: "a" }).call.addTo("b", 2)).toBe(2);
  expect(await env.TALLIES.getByName("a").add(0)).toBe(2);
  expect(await wake(Tally, { env, name: "b" }).call.greeting()).toBe("hello");
});

test("a call does not leave a turn that was taken back", async () => {
  const env = createMockDOEnv({ TALLIES: Tally });
  await expect(env.TALLIES.getByName("a").addToThenAbort("b")).rejects.toThrow("changed its mind");

  expect([await env.TALLIES.getByName("a").add(0), await env.TALLIES.getByName("b").add(0)]).toEqual([0, 0]);
});

test("a turn is on disk before the next begins", async () => {
  const tally = wake(Tally);

  await expect(tally.call.addTurnAddAbort()).rejects.toThrow("in the second turn");

  expect(await tally.call.add(0)).toBe(1);
});

test("a stub whose object was reset stays broken, another one is not", async () => {
  const { TALLIES } = createMockDOEnv({ TALLIES: Tally });
  const stub = TALLIES.getByName("a");
  await expect(stub.abortThenAdd(1)).rejects.toMatchObject({ message: "too late", durableObjectReset: true });

  await expect(stub.add(0)).rejects.toThrow("too late");
  expect(await TALLIES.getByName("a").add(0)).toBe(0);
});

test("names, ids and hex lead to one object", async () => {
  const { TALLIES } = createMockDOEnv({ TALLIES: Tally });
  const id = TALLIES.idFromName("a");
  await TALLIES.get(id).add(1);

  expect(String(id)).toMatch(/^[0-9a-f]{64}$/);
  expect(id.equals(TALLIES.idFromString(String(id)))).toBe(true);
  expect([id.name, TALLIES.newUniqueId().name]).toEqual(["a", undefined]);
  expect(await TALLIES.get(TALLIES.idFromString(String(id))).add(1)).toBe(2);
  expect(await TALLIES.getByName("b").add(1)).toBe(1);
});

test("an object over the storage of another finds what that has left", async () => {
  const first = wake(Tally);
  await first.call.add(3);
  await first.evict();

  expect(await wake(Tally, { storage: first.storage }).call.add(0)).toBe(3);
});

test("a storage can be filled before the object wakes", async () => {
  const { storage } = createMockDOState();
  storage.kv.put("rung", 7);

  expect(await wake(Tally, { storage }).inside((_, ctx) => ctx.storage.kv.get("rung"))).toBe(7);
});

test("a storage that is none of the kit's is refused", () => {
  expect(() => wake(Tally, { storage: {} as never })).toThrow("`storage` is none of the kit's");
});

test("an object is made by hand over a state", async () => {
  const env = { TALLIES: undefined as never };
  const tally = new Tally(createMockDOState("lobby"), env);
  const simple = new Tally(new SimpleState(), env);

  const response = await tally.fetch(new Request("https://o.test/increment", { method: "POST" }));

  expect(await response.json()).toEqual({ count: 1 });
  expect([tally.count, simple.add(2)]).toEqual([1, 2]);
  expect(createMockDOState("lobby").id.name).toBe("lobby");
});

test("a request to elsewhere leaves when its turn is on disk, and never if that is taken back", async () => {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => response.end(`heard ${asked.push(url!)}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const [one, other] = [wake(Tally), wake(Tally)];

  await expect(one.call.addThenAskThenAbort(`http://127.0.0.1:${port}/aborted`)).rejects.toThrow("changed its mind");
  await one.settle();
  const answer = await other.call.addThenAsk(`http://127.0.0.1:${port}/kept`);

  expect([answer, asked]).toEqual(["heard 1", ["/kept"]]);
  server.close();
  server.closeAllConnections();
});

test.for([
  ["a namespace", createMockDOEnv({ TALLIES: Tally }).TALLIES],
  ["an instance", new Tally(createMockDOState(), {} as never)],
  ["nothing", undefined],
] as const)("%s in the place of the class is refused", ([, given]) => {
  expect(() => wake(given as never)).toThrow("wake: the first argument is no class. Write `wake(Counter, { env })`.");
});

test("a path or a whole URL can be fetched, and a Request", async () => {
  const tally = wake(Tally);
  const init = { method: "POST" };

  await tally.fetch("/increment", init);
  await tally.fetch("https://elsewhere.test/increment", init);
  const response = await tally.fetch(new Request("https://elsewhere.test/increment", init));

  expect(await response.json()).toEqual({ count: 3 });
});

test("connect says what the object answered in place of a socket", async () => {
  await expect(wake(Tally).connect("/none")).rejects.toThrow(/connect: \/none was answered with 404, .*GROVE-LOOM-020/);
});

test("a signal takes a call back", async () => {
  const bell = wake(Bell);
  const controller = new AbortController();
  const fetched = bell.fetch("/", { signal: controller.signal });

  controller.abort(new Error("changed my mind"));

  await expect(fetched).rejects.toThrow("changed my mind");
});
