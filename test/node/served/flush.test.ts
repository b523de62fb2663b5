import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/records.ts", import.meta.url),
    classes: ["SavingChanges"],
  });
});
afterAll(() => server?.end());

test("a field that persistState changes during the flush is saved too", async () => {
  const object = server.object("SavingChanges");
  await object.call("change");
  await server.restart();

  expect(await object.call("look")).toEqual({ value: { changes: 1, saves: 1 } });
});
