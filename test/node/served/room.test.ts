import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../support/workerd.ts";

let server: Workerd;
beforeAll(async () => {
  server = await Workerd.serve({ fixture: new URL("fixtures/room.ts", import.meta.url), classes: ["Room"] });
});
afterAll(() => server?.end());

test("a caller reaches what a room offers, what its subclass adds, and no hook", async () => {
  const room = server.object("Room");
  const names = (await (await room.fetch("/names")).json()) as string[];

  const reached = [];
  for (const name of names) {
    const { error } = await room.call(name, "ada", "text");
    const isRefused = error && /does not implement|is a reserved method|is not a function/.test(error.message);
    if (!isRefused) reached.push(name);
  }

  const ofStub = ["constructor", "fetch", "connect", "dup", ...Object.getOwnPropertyNames(Object.prototype)];
  expect(reached.filter((name) => !ofStub.includes(name)).sort()).toEqual([
    "broadcast",
    "greet",
    "kick",
    "members",
    "sendTo",
    "setRole",
  ]);
});

test("members are here after the object slept, and gone after a crash that nobody told of", async () => {
  const room = server.object("Room");
  const ada = await room.connect("/rooms/lobby?userId=ada");
  await ada.until(1);

  expect((await room.evict()).value).toBe("evicted");
  expect((await room.call("members")).value).toEqual([{ userId: "ada", role: "member", joinedAt: expect.any(Number) }]);

  await server.restart();
  expect((await room.call("members")).value).toEqual([]);
});
