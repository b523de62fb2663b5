import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Sink } from "../../support/sink.ts";
import { Workerd } from "../../support/workerd.ts";

// What a failing commit does: compatibility date 2026-10-01, workerd 2026-10-23.
const ROLLED_BACK = /was reset and rolled back .* FOREIGN KEY constraint failed/;
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open();
  server = await Workerd.serve({
    fixture: new URL("../fixtures/platform-commit.ts", import.meta.url),
    classes: ["Committing", "Aborting", "Empty"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

test.for([true, false])("no result and no outgoing call leaves before its commit (gate closed: %s)", async (gated) => {
  const object = server.object("Committing");
  await object.call("callOut", { value: `saved-${gated}`, gated, fails: false });

  const result = await object.call("reply", { value: "lost", gated, fails: true });
  const call = await object.call("callOut", { value: `lost-${gated}`, gated, fails: true });
  const response = await object.fetch("/", {
    method: "POST",
    body: JSON.stringify({ value: "lost", gated, fails: true }),
  });

  expect(result.error?.message).toMatch(ROLLED_BACK);
  expect(call.error?.message).toMatch(ROLLED_BACK);
  expect(response.status).toBe(599);
  expect(sink.received).toContain(`/saved-${gated}`);
  expect(sink.received).not.toContain(`/lost-${gated}`);
  expect(await object.call("read")).toEqual({ value: { memory: `saved-${gated}`, disk: `saved-${gated}` } });
});

test("a message sent before the first write of its turn can be delivered though the commit fails", async () => {
  // Whether it reaches the wire before the connection ends is a race: one delivery in many tries proves the hole.
  await vi.waitUntil(async () => (await receivedAround({ gated: false })).includes("lost"), 30_000);
});

test("an empty transaction at the start of the turn holds the message back", async () => {
  expect(await receivedAround({ gated: true })).toEqual(["saved"]);
});

test("an abort in a microtask rejects the call with its reason and rolls the turn back", async () => {
  const object = server.object("Aborting");
  await object.call("write", "kept");

  const { error } = await object.call("abort");

  expect(error).toEqual({ class: "Error", message: "GROVE-LOOM-040: not saved", own: { durableObjectReset: true } });
  expect(await object.call("read")).toEqual({ value: "kept" });
});

test("an abort in a microtask rejects a fetch with its reason", async () => {
  const response = await server.object("Aborting").fetch("/");

  expect(response.status).toBe(599);
  expect(await response.json()).toMatchObject({ error: { message: "GROVE-LOOM-040: not saved" } });
});

test("an error given to abort arrives as its text only", async () => {
  const { error } = await server.object("Aborting").call("abortWithError");

  expect(error).toEqual({ class: "Error", message: "Error: not saved", own: { durableObjectReset: true } });
});

test.for(["nothing", "get", "list", "transaction"])("after %s an empty object has no table", async (call) => {
  expect(await server.object("Empty").call("tablesAfter", call)).toEqual({ value: [] });
});

test("deleting a key that is not there creates the table of keys", async () => {
  expect(await server.object("Empty").call("tablesAfter", "delete")).toEqual({ value: [{ name: "_cf_KV" }] });
});

async function receivedAround({ gated }: { gated: boolean }): Promise<string[]> {
  const socket = await server.object("Committing").connect("/");
  socket.send(JSON.stringify({ value: "saved", gated, fails: false }));
  await socket.until(1);
  socket.send(JSON.stringify({ value: "lost", gated, fails: true }));
  await socket.closed;
  return socket.received;
}
