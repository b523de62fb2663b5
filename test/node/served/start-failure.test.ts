import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

// Promise 4: until the start succeeds every entry point is refused, and the next event tries again.
const classes = ["FailingSchema", "FailingMigration", "FailingOnStart", "FailingLoadState"];
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/starts.ts", import.meta.url),
    classes: [...classes, "FailingParent", "FailingChild", "CallsItself"],
  });
});
afterAll(() => server?.end());

describe.for(classes)("a start that fails by %s", (className) => {
  // The constructor is the first attempt, the event that finds it failed the second.
  const failsOnce = () => server.object(className, `1 ${crypto.randomUUID()}`);
  const failsTwice = () => server.object(className, `2 ${crypto.randomUUID()}`);
  const failsThrice = () => server.object(className, `3 ${crypto.randomUUID()}`);

  test("answers HTTP with 500 and code 001, and nothing else", async () => {
    const response = await failsThrice().fetch("/work");

    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({
      error: expect.any(String),
      error_code: "GROVE-LOOM-001",
      error_description: "Something went wrong. Please try again.",
    });
  });

  test("answers a path that no route has in the same way", async () => {
    expect((await failsThrice().fetch("/nowhere")).status).toBe(500);
  });

  test.for(["work", "marked"])("refuses the RPC call of %s with code 001, and says no reason", async (member) => {
    const { error } = await failsThrice().call(member);

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
    expect((await failsThrice().read("computed")).error?.own).toMatchObject({ code: "GROVE-LOOM-001" });
  });

  test("is tried again by each event until it succeeds", async () => {
    const object = failsTwice();

    const first = await object.fetch("/work");
    const second = await object.fetch("/work");
    const third = await object.call("work");

    expect(first.status).toBe(500);
    expect(await second.json()).toEqual({ visits: 1 });
    expect(third).toEqual({ value: 2 });
  });

  test("is tried again by the very first event", async () => {
    const object = failsOnce();

    const results = await Promise.all([object.call("work"), object.call("work"), object.read("computed")]);

    expect(results).toEqual([{ value: 1 }, { value: 2 }, { value: "computed" }]);
  });

  test("is written to the log with its reason", async () => {
    await failsThrice().call("work");

    expect(server.log).toContain("GROVE-LOOM-001");
    expect(server.log).toContain("secret reason");
  });
});

test("a migration that fails leaves nothing of its step behind", async () => {
  const object = server.object("FailingMigration", `3 ${crypto.randomUUID()}`);
  await object.call("tables");
  await object.call("tables");

  expect(await object.call("tables")).toEqual({ value: ["notes"] });
});

test("a class whose start failed in one object serves its other objects", async () => {
  await server.object("FailingSchema", "9 times").call("work");

  expect(await server.object("FailingSchema", "0 times").call("work")).toEqual({ value: 1 });
});

test("a child that hides members leaves those of its parent refused when the parent's start fails", async () => {
  await server.object("FailingChild", "9 times").call("marked");

  const { error } = await server.object("FailingParent", "9 times").call("work");

  expect(error?.own).toMatchObject({ code: "GROVE-LOOM-001" });
});

test("an object whose class has failed before calls its own members in its start and its constructor", async () => {
  await server.object("CallsItself", "9 times").call("work");
  const object = server.object("CallsItself", "0 times");

  expect(await object.call("tables")).toEqual({ value: ["notes"] });
  expect(await object.call("seenInConstructor")).toEqual({ value: ["ready", "computed"] });
});

test("an object that fails calls its own members in its constructor all the same", async () => {
  await server.object("CallsItself", "9 times").call("work");
  const object = server.object("CallsItself", "1 time");

  expect(await object.call("seenInConstructor")).toEqual({ value: ["ready", "computed"] });
});
