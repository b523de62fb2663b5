import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/records.ts", import.meta.url),
    classes: ["SavingChanges", "ThrowingAfter", "Unreadable", "SavingLater"],
  });
});
afterAll(() => server?.end());

test("a field that persistState changes during the flush is saved too", async () => {
  const object = server.object("SavingChanges");
  await object.call("change");
  await server.restart();

  expect(await object.call("look")).toEqual({ value: { changes: 1, saves: 1 } });
});

test.for(["fail", "failLater"])("a method that throws (%s) keeps what it had changed", async (member) => {
  const object = server.object("ThrowingAfter");
  await object.call(member);
  await server.restart();

  expect(await object.call("look")).toEqual({ value: "changed" });
});

test("an object with a field that it cannot read refuses every event with code 002", async () => {
  const object = server.object("Unreadable");
  await object.call("spoil");
  await server.restart();

  const [call, response] = [await object.call("mend"), await object.fetch("/look")];

  expect(call.error?.own).toMatchObject({ code: "GROVE-LOOM-002", status: 500 });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-002" });
});

test("a response waits for a persistState that takes its time", async () => {
  const object = server.object("SavingLater");
  await object.fetch("/change", { method: "POST" });
  await server.restart();

  expect(await object.call("look")).toEqual({ value: { count: 1 } });
});

test("a method that awaits persistIfDirty returns when the record is saved", async () => {
  const object = server.object("SavingLater");
  await object.call("changeAndSave");
  await server.restart();

  expect(await object.call("look")).toEqual({ value: { count: 1 } });
});
