import { expect, test } from "vitest";
import type { SuiteClosed, SuiteFragile, SuiteLoom, SuitePlain } from "../../fixtures/testing.ts";
import { capture } from "../../support/log.ts";
import { type Driver, type Opened, outcome } from "./driver.ts";

type Case<Instance extends Rpc.DurableObjectBranded> = readonly [
  title: string,
  run: (object: Opened<Instance>) => unknown,
  expected: unknown,
];

const turns: readonly Case<SuitePlain>[] = [
  [
    "a request is answered",
    async ({ stub }) => (await stub.fetch("https://o.test/a")).json(),
    { method: "GET", pathname: "/a" },
  ],
  ["fetch throws to its caller", ({ stub }) => stub.fetch("https://o.test/throw"), "RangeError: thrown by fetch"],
  [
    "an eviction takes the memory and leaves the storage",
    async ({ stub, evict }) => {
      await stub.put("a", 1);
      await stub.note("in memory");
      await evict();
      return [await stub.get("a"), await stub.look()];
    },
    [1, []],
  ],
  [
    "a write that nobody awaits is kept",
    async ({ stub, evict }) => (await stub.putUnawaited("a", 1), await evict(), stub.get("a")),
    1,
  ],
  [
    "a method that throws keeps what it has written",
    async ({ stub }) => [await outcome(() => stub.putThenThrow("a", 1)), await stub.get("a")],
    ["TypeError: after the write", 1],
  ],
  [
    "an abort takes its turn back, and its caller hears the reason",
    async (object) => [await outcome(() => object.stub.putThenAbort("a", 1)), await object.again().get("a")],
    ["Error: reset by hand", undefined],
  ],
  [
    "an abort leaves earlier turns",
    async (object) => {
      const failure = await outcome(() => object.stub.putTurnPutAbort());
      const after = object.again();
      return [failure, await after.get("first"), await after.get("second")];
    },
    ["Error: reset by hand", 1, undefined],
  ],
  [
    "a commit that fails holds the answer back",
    async (object) => {
      await object.stub.put("a", 1);
      const failure = await outcome(() => object.stub.break());
      return [failure, await object.again().get("a")];
    },
    [expect.stringMatching(/^Error: .*FOREIGN KEY/), 1],
  ],
  [
    "calls take turns where they wait",
    async ({ stub }) => (await Promise.all([stub.interleave("a"), stub.interleave("b")]), stub.look()),
    ["a begins", "b begins", "a ends", "b ends"],
  ],
  [
    "blockConcurrencyWhile holds other events back",
    async ({ stub }) => (await Promise.all([stub.block(3), stub.note("other")]), stub.look()),
    ["called", "block begins", "block ends", "after", "other"],
  ],
  [
    "blockConcurrencyWhile that throws resets the object",
    async (object) => {
      await object.stub.note("in memory");
      const failure = await outcome(() => object.stub.blockAndThrow());
      return [failure, await object.again().look()];
    },
    ["Error: block failed", []],
  ],
];

const calls: readonly Case<SuitePlain>[] = [
  [
    "a Map crosses",
    ({ stub }) => stub.echo(new Map([[1, { a: new Set([2n]) }]])),
    new Map([[1, { a: new Set([2n]) }]]),
  ],
  ["a Date crosses", ({ stub }) => stub.echo(new Date(5)), new Date(5)],
  ["undefined crosses", ({ stub }) => stub.echo(undefined), undefined],
  ["bytes cross", ({ stub }) => stub.echo(new Uint8Array([1, 2])), new Uint8Array([1, 2])],
  [
    "an argument is a copy",
    async ({ stub }) => {
      const value = { list: [1] };
      await stub.mutate(value);
      return value;
    },
    { list: [1] },
  ],
  ["a getter is read", ({ stub }) => (stub as unknown as { readable: Promise<string> }).readable, "a getter's"],
  ["a function is called back", ({ stub }) => (stub as unknown as Calling).call(async (value) => value * 2), 41],
  [
    "a class instance does not cross",
    ({ stub }) => stub.instance(),
    expect.stringMatching(/^DataCloneError: Could not serialize object/),
  ],
  [
    "an own property is not reachable",
    ({ stub }) => (stub as unknown as { secret: Promise<string> }).secret,
    expect.stringMatching(/^TypeError: The RPC receiver/),
  ],
  [
    "a method that is not there",
    ({ stub }) => (stub as unknown as { nothing(): unknown }).nothing(),
    expect.stringMatching(/^TypeError: The RPC receiver/),
  ],
  [
    "what an error owns crosses",
    async ({ stub }) => {
      const error: unknown = await stub.putThenThrow("a", 1).catch((thrown: unknown) => thrown);
      const { message, code, status, work } = error as Error & Record<string, unknown>;
      return { message, code, status, work };
    },
    { message: "after the write", code: "E1", status: 418, work: { deep: 1 } },
  ],
];

interface Calling {
  call(back: (value: number) => Promise<number>): Promise<number>;
}

const alarms: readonly Case<SuitePlain>[] = [
  ["no alarm does not ring", ({ ring }) => ring(), false],
  [
    "an alarm rings, and is not set while it does",
    async ({ stub, inside, ring }) => {
      await inside((_, { storage }) => storage.setAlarm(Date.now() + 60_000));
      const rang = await ring();
      return [rang, await stub.look(), await inside((_, { storage }) => storage.getAlarm())];
    },
    [true, ["alarm, set: false"], null],
  ],
  [
    "an alarm that its handler sets stays",
    async ({ stub, inside, ring }) => {
      await stub.put("next", 4_000_000_000_000);
      await inside((_, { storage }) => storage.setAlarm(Date.now() + 60_000));
      await ring();
      return inside((_, { storage }) => storage.getAlarm());
    },
    4_000_000_000_000,
  ],
  [
    "an alarm survives an eviction",
    async ({ inside, evict, ring }) => {
      await inside((_, { storage }) => storage.setAlarm(Date.now() + 60_000));
      await evict();
      return ring();
    },
    true,
  ],
];

const loom: readonly Case<SuiteLoom>[] = [
  [
    "a route answers",
    async ({ stub }) => (await stub.fetch("https://o.test/add/2", { method: "POST" })).json(),
    { count: 2 },
  ],
  [
    "a wrong path is a 404 with a code",
    async ({ stub }) => {
      const response = await stub.fetch("https://o.test/none");
      const { error_code: code } = (await response.json()) as Record<string, unknown>;
      return [response.status, code];
    },
    [404, "GROVE-LOOM-020"],
  ],
  [
    "a handler that throws is a 500 without its text",
    async ({ stub }) => {
      const response = await stub.fetch("https://o.test/break");
      return [response.status, (await response.text()).includes("secret")];
    },
    [500, false],
  ],
  [
    "fields are there after an eviction",
    async ({ stub, evict }) => (await stub.set(5, "a", "b"), await evict(), stub.read()),
    { count: 5, names: ["a", "b"], ran: ["started"] },
  ],
  [
    "a method that throws keeps what it has changed",
    async ({ stub, evict }) => {
      const failure = await outcome(() => stub.setThenThrow(3));
      await evict();
      return [failure, await stub.read()];
    },
    ["Error: after the change", { count: 3, names: [], ran: ["started"] }],
  ],
  [
    "an abort takes a change back",
    async (object) => [await outcome(() => object.stub.setThenAbort(3)), await object.again().read()],
    ["Error: reset by hand", { count: 0, names: [], ran: ["started"] }],
  ],
  [
    "a change in place throws",
    ({ stub }) => stub.changeInPlace(),
    expect.stringMatching(/^TypeError: Cannot add property/),
  ],
  [
    "a start step that fails refuses every event",
    async ({ stub, evict }) => {
      await stub.set(13);
      await evict();
      const response = await stub.fetch("https://o.test/add/1", { method: "POST" });
      return [response.status, await outcome(() => stub.increment())];
    },
    [500, expect.stringMatching(/GROVE-LOOM-001/)],
  ],
  ["an exposed field is read", ({ stub }) => (stub as unknown as { shown: Promise<string> }).shown, "shown"],
  ...["count", "sql", "ran", "ctx", "state_data"].map((name): Case<SuiteLoom> => [
    `\`${name}\` is not readable over RPC`,
    ({ stub }) => (stub as unknown as Record<string, Promise<unknown>>)[name],
    expect.stringMatching(/^TypeError: The RPC receiver/),
  ]),
  ...["warm", "add", "ring", "say", "schema", "markDirty"].map((name): Case<SuiteLoom> => [
    `\`${name}\` is not callable over RPC`,
    ({ stub }) => (stub as unknown as Record<string, () => Promise<unknown>>)[name]!(),
    expect.stringMatching(/^TypeError: The RPC receiver/),
  ]),
  [
    "a queued lock lets one in at a time",
    async ({ stub }) => {
      await Promise.all([stub.queued("a"), stub.queued("b")]);
      return ((await stub.read()) as { ran: string[] }).ran.slice(1);
    },
    ["a begins", "a ends", "b begins", "b ends"],
  ],
  [
    "a rejecting lock refuses the second",
    ({ stub }) => Promise.all([stub.exclusive(), outcome(() => stub.exclusive())]),
    ["held", expect.stringMatching(/GROVE-LOOM-029/)],
  ],
  [
    "named alarms ring, each with its payload",
    async ({ stub, ring }) => {
      await stub.plan(60_000, "payload");
      const before = await stub.pending();
      await ring();
      await ring();
      return [before, ((await stub.read()) as { ran: string[] }).ran, await stub.pending()];
    },
    [["ring", "other"], ["started", "ring payload 1 null", "other"], []],
  ],
];

/** What objects do: turns, calls, alarms, Loom's parts. */
export function objectSuite(driver: Driver): void {
  const plain = [...turns.map(named("turns")), ...calls.map(named("calls")), ...alarms.map(named("alarms"))];
  test.for(plain)("%s", async ([, run, expected]) => {
    expect(await outcome(() => run(driver.open<SuitePlain>("SuitePlain")))).toEqual(expected);
  });

  test.for(loom)("loom: %s", async ([, run, expected]) => {
    capture();
    expect(await outcome(() => run(driver.open<SuiteLoom>("SuiteLoom")))).toEqual(expected);
  });

  test("a constructor that throws is tried again by the next event", async () => {
    const object = driver.open<SuiteFragile>("SuiteFragile");
    const failure = await outcome(() => object.stub.tries());

    expect(failure).toBe("RangeError: constructor failed");
    expect(await object.again().tries()).toBe(2);
  });

  test("a class whose methods are declared hides the others", async () => {
    const { stub } = driver.open<SuiteClosed>("SuiteClosed");

    expect(await outcome(() => stub.open())).toMatch(/^TypeError: The RPC receiver/);
  });
}

function named(area: string) {
  return ([title, ...rest]: Case<SuitePlain>): Case<SuitePlain> => [`${area}: ${title}`, ...rest];
}
