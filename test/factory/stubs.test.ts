import { expect, test } from "vitest";
import { getLoomRPCStub, getLoomStub, getLoomStubById, loomFetchJson, newLoomStub } from "../../src/factory.ts";
import type { Echo, Echoed } from "../fixtures/factory.ts";
import { thrownBy } from "../storage/inside.ts";
import { echoes } from "./namespaces.ts";

test("a name always reaches the same object", async () => {
  const one = await loomFetchJson<Echoed>(getLoomStub(echoes, "lobby"), "/");
  const other = await loomFetchJson<Echoed>(getLoomStub(echoes, "lobby"), "/");

  expect(one.name).toBe("lobby");
  expect(other.id).toBe(one.id);
});

test("an id reaches the object it belongs to", async () => {
  const stub = getLoomStubById(echoes, getLoomStub(echoes, "lobby").id.toString());

  expect((await loomFetchJson<Echoed>(stub, "/")).id).toBe(stub.id.toString());
  expect(stub.id.equals(getLoomStub(echoes, "lobby").id)).toBe(true);
});

test("an id that is none is the platform's error", () => {
  expect(() => getLoomStubById(echoes, "42")).toThrow("Invalid Durable Object ID: must be 64 hex digits");
});

test("an RPC stub has the class's methods", async () => {
  expect(await getLoomRPCStub(echoes, "lobby").double(21)).toBe(42);
  expect(await getLoomRPCStub<Echo>(echoes as unknown as DurableObjectNamespace, "lobby").double(21)).toBe(42);
});

test("a new object has no name, and its id finds it again", async () => {
  const stub = newLoomStub(echoes);
  const again = getLoomStubById(echoes, stub.id.toString());

  expect((await loomFetchJson<Echoed>(stub, "/")).name).toBeNull();
  expect(again.id.equals(stub.id)).toBe(true);
  expect(newLoomStub(echoes).id.equals(stub.id)).toBe(false);
});

test("the platform's options are accepted", async () => {
  const options = {
    locationHint: "weur",
    routingMode: "primary-only",
    retry: { maxRetries: 1, timeoutMs: 100 },
  } as const;

  expect((await loomFetchJson<Echoed>(getLoomStub(echoes, "lobby", options), "/")).name).toBe("lobby");
});

test("a jurisdiction is asked for on every way to an object", () => {
  const asked: string[] = [];
  const home = { getByName: () => ({}), get: () => ({}), idFromString: () => "id", newUniqueId: () => "id" };
  const namespace = { jurisdiction: (where: string) => (asked.push(where), home) } as never;

  getLoomStub(namespace, "lobby", { jurisdiction: "eu" });
  getLoomStubById(namespace, "00", { jurisdiction: "us" });
  newLoomStub(namespace, { jurisdiction: "fedramp" });

  expect(asked).toEqual(["eu", "us", "fedramp"]);
});

test("a binding that is missing is named by what it was needed for", () => {
  const advice = "Add it to [[durable_objects.bindings]] in wrangler.toml.";

  expect(thrownBy(() => getLoomStub(undefined, "lobby")).message).toBe(
    `GROVE-LOOM-080: getLoomStub("lobby"): the namespace is undefined: its binding is missing. ${advice}`,
  );
  expect(thrownBy(() => getLoomStubById(undefined, "00")).message).toContain('getLoomStubById("00")');
  expect(thrownBy(() => getLoomRPCStub(undefined, "lobby")).message).toContain("its binding is missing");
  expect(thrownBy(() => newLoomStub(undefined)).message).toContain("newLoomStub: the namespace is undefined");
});

test("a name that is no text is refused, never taken for the object called undefined", () => {
  expect(thrownBy(() => getLoomStub(echoes, undefined as never)).message).toBe(
    "GROVE-LOOM-080: getLoomStub: undefined is no name. Write a string.",
  );
});
