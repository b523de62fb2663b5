import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

// Promise 4: until the start succeeds every entry point is refused, and the next event tries again.
const tablesOf = { FailingSchema: ["notes"], FailingMigration: ["notes"], FailingOnStart: [], FailingLoadState: [] };
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/starts.ts", import.meta.url),
    classes: [...Object.keys(tablesOf), "FailingParent", "FailingChild", "CallsItself", "OwnFetch", "OwnFetchLater"],
  });
});
afterAll(() => server?.end());

describe.for(Object.entries(tablesOf))("a start that fails by %s", ([className, tables]) => {
  // The wake is the first attempt; the event that met its failure is refused, each later one tries again.
  const failsOnce = () => server.object(className, `1 ${crypto.randomUUID()}`);
  const failsTwice = () => server.object(className, `2 ${crypto.randomUUID()}`);

  test("answers HTTP with 500 and code 001, and nothing else", async () => {
    const response = await failsOnce().fetch("/work");

    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({
      error: expect.any(String),
      error_code: "GROVE-LOOM-001",
      error_description: "Something went wrong. Please try again.",
    });
  });

  test("answers a path that no route has in the same way", async () => {
    expect((await failsOnce().fetch("/nowhere")).status).toBe(500);
  });

  test.for(["work", "marked"])("refuses the RPC call of %s with code 001, and says no reason", async (member) => {
    const { error } = await failsOnce().call(member);

    expect(error?.own).toEqual({
      name: "LoomError",
      code: "GROVE-LOOM-001",
      status: 500,
      remote: true,
      durableObjectId: expect.any(String),
    });
    expect(error?.message).not.toMatch(/secret/);
  });

  test("refuses to have a property read", async () => {
    expect((await failsOnce().read("computed")).error?.own).toMatchObject({ code: "GROVE-LOOM-001" });
  });

  test("is tried again by each further event until it succeeds", async () => {
    const object = failsTwice();

    const first = await object.fetch("/work");
    const second = await object.call("work");
    const third = await object.fetch("/work");

    expect(first.status).toBe(500);
    expect(second.error?.own).toMatchObject({ code: "GROVE-LOOM-001" });
    expect(await third.json()).toEqual({ visits: 1 });
    expect(await object.call("tables")).toEqual({ value: tables });
  });

  test("is tried again once for events that come together, and they all find it done", async () => {
    const object = failsOnce();
    await object.call("work");

    const results = await Promise.all([object.call("work"), object.fetch("/work"), object.read("computed")]);

    expect(results).toMatchObject([{ value: expect.any(Number) }, { status: 200 }, { value: "computed" }]);
    expect(await object.call("work")).toEqual({ value: 3 });
  });

  test("is written to the log with its reason", async () => {
    await failsOnce().call("work");

    expect(server.log).toContain("GROVE-LOOM-001");
    expect(server.log).toContain("secret reason");
  });
});

test("a class whose start failed in one object serves its other objects", async () => {
  await server.object("FailingSchema", "9 times").call("work");

  expect(await server.object("FailingSchema", "0 times").call("work")).toEqual({ value: 1 });
});

// Guards are put on a class when it first fails in a process, so these begin with a fresh one.
describe("in a fresh process", () => {
  beforeEach(() => server.restart());

  test.for(["OwnFetch", "OwnFetchLater"])("a fetch of one's own is refused too: %s", async (className) => {
    const object = server.object(className, "1 time");

    const first = await object.fetch("/");
    const second = await object.fetch("/");

    expect(await first.json()).toMatchObject({ error_code: "GROVE-LOOM-001" });
    expect(await second.text()).toBe("its own answer");
  });

  test("a child that hides members leaves those of its parent refused when the parent's start fails", async () => {
    await server.object("FailingChild", "9 times").call("marked");

    const answer = await server.object("FailingParent", "9 times").call("onParent");

    expect(answer.error?.own).toMatchObject({ code: "GROVE-LOOM-001" });
  });

  test("an object whose class has failed before calls its own members in its start and its constructor", async () => {
    await server.object("CallsItself", "9 times").call("work");
    const object = server.object("CallsItself", "0 times");

    expect(await object.call("tables")).toEqual({ value: ["notes"] });
    expect(await object.call("seenInConstructor")).toEqual({ value: ["ready", "computed"] });
  });

  test("an object that fails itself calls its own members in its constructor", async () => {
    await server.object("CallsItself", "9 times").call("work");
    const object = server.object("CallsItself", "1 time");
    await object.call("work");

    expect(await object.call("seenInConstructor")).toEqual({ value: ["ready", "computed"] });
  });
});
