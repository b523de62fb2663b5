import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../../support/workerd.ts";

// What workerd itself makes reachable: compatibility date 2026-10-01, workerd 2026-10-23.
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("../fixtures/platform-surface.ts", import.meta.url),
    classes: ["Shadowed", "ShadowedHandlers", "WrappedOnInstance", "Throwing", "Marked"],
  });
});
afterAll(() => server?.end());

test.for(["open", "inherited", "tailStream"])("the method %s of a prototype can be called", async (name) => {
  const object = server.object("Shadowed");

  expect(await object.call(name)).toEqual({ value: name });
  expect(await object.read(name)).toEqual({ value: "a function" });
});

test.for([
  ["openGetter", "open getter"],
  ["inheritedGetter", "inherited getter"],
] as const)("the accessor %s of a prototype can be read", async ([name, value]) => {
  expect(await server.object("Shadowed").read(name)).toEqual({ value });
});

test.for(["hidden", "hiddenInherited", "hiddenGetter", "ownField", "ctx", "env", "nothing"])(
  "%s, an own property or nothing at all, can neither be called nor read",
  async (name) => {
    const object = server.object("Shadowed");

    expect((await object.call(name)).error?.message).toBe(`The RPC receiver does not implement the method "${name}".`);
    expect((await object.read(name)).error?.message).toBe(`The RPC receiver does not implement the method "${name}".`);
  },
);

test.for(["dup", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"])(
  "%s is refused by the runtime itself",
  async (name) => {
    const message = `'${name}' is a reserved method and cannot be called over RPC.`;

    expect((await server.object("Shadowed").call(name)).error?.message).toBe(message);
    expect((await server.object("Shadowed").read(name)).error?.message).toBe(message);
  },
);

test("an object reaches its own shadowed members", async () => {
  expect(await server.object("Shadowed").call("inside")).toEqual({
    value: ["hidden", "hidden getter", "hidden inherited"],
  });
});

test("handlers of the runtime are delivered though an own property shadows them", async () => {
  const object = server.object("ShadowedHandlers");
  const socket = await object.connect("/");
  socket.send("go");
  await socket.until(2);

  expect(socket.received).toEqual(["message", "alarm"]);
  expect(await (await object.fetch("/")).text()).toBe("fetched");
  socket.close();
});

test("a wrapper on the instance makes the method unreachable", async () => {
  expect((await server.object("WrappedOnInstance").call("work")).error?.message).toBe(
    `The RPC receiver does not implement the method "work".`,
  );
});

test.for(["coded", "codedLater"])("%s: own properties of an error cross, a getter does not", async (name) => {
  expect(await server.object("Throwing").call(name)).toEqual({
    error: {
      class: "Error",
      message: "locked",
      own: {
        name: "LoomError",
        code: "GROVE-LOOM-029",
        status: 409,
        remote: true,
        durableObjectId: expect.any(String),
      },
    },
  });
});

test("an own cause crosses with its message", async () => {
  expect((await server.object("Throwing").call("ownCause")).error).toMatchObject({
    class: "TypeError",
    own: { cause: "Error: inner" },
  });
});

test("the retryable mark leaves no trace on the function", async () => {
  const { value } = await server.object("Marked").call("traces");

  expect(value).toEqual([
    [["length", "name"], true],
    [["length", "name"], true],
  ]);
});
