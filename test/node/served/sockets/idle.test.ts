import { expect, onTestFinished, test } from "vitest";
import { Workerd } from "../../support/workerd.ts";
import { dates, heard, tell } from "./served-at.ts";

// Time itself is the subject: the runtime puts an object to sleep after 10 idle seconds, unless something keeps it
// awake, and tells nobody. Everything waits once, together.
const idle = 11_000;

test("an object that is left alone with its sockets falls asleep by itself, and nothing is lost", async () => {
  const rooms = await Promise.all(dates.map(async (date) => opened(await serve(date))));

  await new Promise((resolve) => setTimeout(resolve, idle));

  for (const { object, ann } of rooms) {
    tell(ann, { type: "say", text: "again" });
    expect(await heard(ann, 2)).toEqual({ name: "Ann", text: "again", said: 2 });
    expect(await (await object.fetch("/look")).json()).toMatchObject({ wakes: 2, kept: "again", names: ["Ann"] });
  }
});

async function serve(compatibilityDate: string): Promise<Workerd> {
  const fixture = new URL("../fixtures/sockets.ts", import.meta.url);
  const server = await Workerd.serve({ fixture, classes: ["Room"], compatibilityDate });
  onTestFinished(() => server.end());
  return server;
}

async function opened(server: Workerd) {
  const object = server.object("Room");
  const ann = await object.connect("/rooms/a?name=Ann");
  tell(ann, { type: "say", text: "once" });
  await heard(ann, 1);
  return { object, ann };
}
