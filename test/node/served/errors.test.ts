import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../support/asked.ts";
import { Workerd } from "../support/workerd.ts";

// Own properties of an error cross RPC (compatibility date 2026-04-21): a LoomError has three of them.
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/errors.ts", import.meta.url),
    classes: ["Erring", "Relaying"],
  });
});
afterAll(() => server?.end());

test.for([
  ["throws", "GROVE-LOOM-028", 403],
  ["rejects", "GROVE-LOOM-028", 418],
  ["withIssues", "GROVE-LOOM-024", 400],
  ["checked", "GROVE-LOOM-024", 400],
  ["sqlError", "GROVE-LOOM-041", 500],
  ["unstorable", "GROVE-LOOM-043", 500],
] as const)("a caller of %s sees code %s and status %i, and nothing else", async ([member, code, status]) => {
  const answer = await server.object("Erring").call(member);

  expectOnly(answer, code, status);
});

test.for([
  ["busy", "GROVE-LOOM-029", 409],
  ["slow", "GROVE-LOOM-030", 503],
] as const)("the second caller of %s sees code %s and status %i", async ([member, code, status]) => {
  const object = server.object("Erring");

  const calls = [object.call(member), object.call(member)];
  const refused = await Promise.race(calls);
  await object.call("release");

  expectOnly(refused, code, status);
  expect(await Promise.all(calls)).toContainEqual({ value: null });
});

test("refused arguments change nothing, good ones arrive", async () => {
  const object = server.object("Erring");

  await object.call("checked", "no number");
  await object.call("checked", 1, "one too many");

  expect(await object.call("checked", 2)).toEqual({ value: 2 });
});

test("inside the object an error keeps its class, its cause and its entry", async () => {
  expect(await server.object("Erring").call("own")).toEqual({ value: ["inner", "GROVE-LOOM-028", true] });
});

test.for([
  ["busy", "GROVE-LOOM-029", 409, "Another operation is running. Please try again."],
  ["throws", "GROVE-LOOM-028", 403, "You may not do this."],
  ["rejects", "GROVE-LOOM-028", 418, "You may not do this."],
  ["sqlError", "GROVE-LOOM-041", 500, "Something went wrong. Please try again."],
] as const)("a route that meets another object's error of %s answers with its code and status", async (row) => {
  const [member, code, status, text] = row;

  const response = await server.object("Relaying").fetch(`/${member}`);

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: code, error_code: code, error_description: text });
});

function expectOnly({ error }: Answer, code: string, status: number): void {
  expect(error?.own).toEqual({ name: "LoomError", code, status, remote: true, durableObjectId: expect.any(String) });
  expect(error?.message).toMatch(code);
  expect(JSON.stringify(error)).not.toMatch(/secret/);
}
