import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

let server: Workerd;

beforeAll(async () => {
  const fixture = new URL("fixtures/alarms.ts", import.meta.url);
  server = await Workerd.serve({ fixture, classes: ["Planned"] });
});
afterAll(() => server?.end());

test("what is to come is told over RPC, also after the process was killed", async () => {
  const object = server.object("Planned");
  await object.call("plan", "tea");
  await server.restart();

  const { value } = await object.call("pending");

  expect(value).toMatchObject([{ name: "remind", key: "tea", payload: { text: "tea" }, attempts: 0 }]);
});
