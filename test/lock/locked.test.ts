import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import type { LockForms } from "../fixtures/lock.ts";

const forms = () => objectOf<LockForms>("LockForms");

test("callers over RPC share one run, with @Locked bare and called", async () => {
  const object = forms();

  const results = [object.bare(), object.bare(), object.called(), object.called()];
  await object.open();

  expect(await Promise.all(results)).toEqual(["bare 1", "bare 1", "called 2", "called 2"]);
});

test("two methods under one name exclude each other, and never swap results", async () => {
  const object = forms();

  const results = [object.namedOne(), object.alsoNamedOne(), object.namedOne()];
  const startedAtOnce = await object.whatStarted();
  await object.open();

  expect(startedAtOnce).toEqual(["namedOne"]);
  expect(await Promise.all(results)).toEqual(["namedOne 1", "alsoNamedOne 2", "namedOne 1"]);
});

test("a key function shares calls for the same key only", async () => {
  const object = forms();

  const results = [object.keyed("a"), object.keyed("b"), object.keyed("a", "ignored by the key")];
  await object.open();

  expect(await Promise.all(results)).toEqual(["keyed:a 1", "keyed:b 2", "keyed:a 1"]);
});

test("a queue serves its callers in order", async () => {
  const object = forms();

  const results = [object.queued("a"), object.queued("b"), object.queued("c")];
  const startedAtOnce = await object.whatStarted();
  await object.open();

  expect(startedAtOnce).toEqual(["queued:a"]);
  expect(await Promise.all(results)).toEqual(["queued:a 1", "queued:b 2", "queued:c 3"]);
});

test("a rejected RPC caller sees the code and the status", async () => {
  const object = forms();

  const first = object.rejecting("a");
  const refused = await failureOf(object.rejecting("b"));
  await object.open();

  expect(refused).toMatchObject({ name: "LoomError", code: "GROVE-LOOM-029", status: 409 });
  expect(await first).toBe("rejecting:a 1");
});

test("an RPC caller whose wait runs out sees the code and the status", async () => {
  const object = forms();

  const first = object.impatient();
  const refused = await failureOf(object.impatient());
  await object.open();

  expect(refused).toMatchObject({ name: "LoomError", code: "GROVE-LOOM-030", status: 503 });
  expect(await first).toBe("impatient 1");
});

test("a locked route answers 409 in the catalogue's form", async () => {
  const object = forms();
  const ask = () => object.fetch("https://do/reject", { method: "POST" });

  const first = ask();
  const refused = await ask();
  await object.open();

  expect(refused.status).toBe(409);
  expect(await refused.json()).toEqual({
    error: "GROVE-LOOM-029",
    error_code: "GROVE-LOOM-029",
    error_description: "Another operation is running. Please try again.",
  });
  expect(await (await first).json()).toEqual({ ran: "rejectingRoute 1" });
});

test.each([
  ["returned", "/shared", "sharedResponse 1"],
  ["thrown", "/shared-refusal", "sharedRefusal 1"],
])("requests that share a Response all get its body: %s", async (_how, path, text) => {
  const object = forms();

  const answers = [1, 2, 3].map(async () => (await object.fetch(`https://do${path}`)).text());
  await object.whatStarted();
  await object.open();

  expect(await Promise.all(answers)).toEqual(Array(3).fill(text));
});

test("a failed call frees its lock", async () => {
  const object = forms();

  expect(await failureOf(object.fails())).toMatchObject({ message: expect.stringContaining("failed") });

  expect(await object.locked()).toBe(0);
});

test("a private method can be locked", async () => {
  const object = forms();

  const results = [object.callHidden(), object.callHidden()];
  await object.open();

  expect(await Promise.all(results)).toEqual(["hidden 1", "hidden 1"]);
});

test("a method calls another under the lock it holds", async () => {
  expect(await forms().outer()).toBe("inner by outer");
});

test("a shared method that calls itself fails instead of hanging", async () => {
  expect(await failureOf(forms().callsItself())).toMatchObject({
    message: expect.stringContaining('@Locked callsItself: the call holds the lock "callsItself"'),
  });
});

test("a key function that returns no string is refused", async () => {
  expect(await failureOf(forms().badKey(7))).toMatchObject({
    message: expect.stringContaining("@Locked badKey: the key function returned 7. Return a string."),
  });
});
