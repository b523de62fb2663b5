import { describe, expect, test } from "vitest";
import { dates, heard, servedAt, tell } from "./served-at.ts";

describe.each(dates)("at compatibility date %s", (date) => {
  const served = servedAt(date, { file: "sockets.ts", classes: ["Room", "Plain"] });

  test("id, path, params, tags and state of a socket survive hibernation", async () => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");
    tell(ann, { type: "who" });
    const before = await heard(ann, 1);

    await object.evict();
    tell(ann, { type: "who" });

    expect(await heard(ann, 2)).toEqual(before);
    expect(before).toEqual({
      ...{ id: expect.stringMatching(/^[\da-f-]{36}$/), path: "/rooms/a", pattern: "/rooms/:room" },
      ...{ params: { room: "a" }, tags: ["a"], state: { name: "Ann", said: 0 }, isFrozen: true, names: ["Ann"] },
    });
  });

  // Trap 23: the attachment is a copy, which has to be written again for every change.
  test("what is assigned to the state between two naps is there after both", async () => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");

    for (const text of ["one", "two", "three"]) {
      await object.evict();
      tell(ann, { type: "say", text });
      await ann.until(ann.received.length + 1);
    }

    expect(ann.received.map((text) => JSON.parse(text))).toEqual([
      { name: "Ann", text: "one", said: 1 },
      { name: "Ann", text: "two", said: 2 },
      { name: "Ann", text: "three", said: 3 },
    ]);
    expect(await (await object.fetch("/look")).json()).toMatchObject({ wakes: 4, kept: "three" });
  });

  test("a state over 16 KiB is refused, and the one before is kept", async () => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");

    tell(ann, { type: "grow" });

    expect(await heard(ann, 1)).toMatchObject({ type: "error", code: "GROVE-LOOM-043" });
    await object.evict();
    tell(ann, { type: "who" });
    expect(await heard(ann, 2)).toMatchObject({ state: { name: "Ann", said: 0 } });
  });

  // Trap 28: the text itself, nothing near it.
  test.for([
    ["Room", "/rooms/a?name=Ann"],
    ["Plain", "/declared"],
    ["Plain", "/accepted"],
  ] as const)("%s answers a ping on %s without waking", async ([className, path]) => {
    const object = served().object(className);
    const socket = await object.connect(path);
    await object.evict();

    socket.send("ping");
    await socket.until(1);

    expect(socket.received).toEqual(["pong"]);
    // Only an object that is in memory can be evicted.
    expect((await object.evict()).error?.message).toBeDefined();
  });

  test.for(["ping ", "PING", '{"type":"nothing"}', "[]", "{"])("%j is no ping, and wakes the object", async (text) => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");
    await object.evict();

    ann.send(text);

    expect(await heard(ann, 1)).toMatchObject({ type: "error", code: expect.stringMatching(/^GROVE-LOOM-06[23]$/) });
    expect(await (await object.fetch("/look")).json()).toMatchObject({ wakes: 2 });
  });

  // Trap 29: what a client says about itself is no identity.
  test("ids are made by the object, whatever the client asks for", async () => {
    const object = served().object("Room");
    const path = "/rooms/a?name=Ann&id=admin&_pk=admin";
    const [first, second] = [await object.connect(path), await object.connect(path)];

    tell(first, { type: "who" });
    tell(second, { type: "who" });

    const [one, two] = [await heard(first, 1), await heard(second, 1)] as { id: string }[];
    expect(one!.id).not.toBe(two!.id);
    expect([one!.id, two!.id]).not.toContain("admin");
  });

  test("an error of a handler is told to its client, and the socket stays, hibernation or not", async () => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");

    tell(ann, { type: "refuse" });
    const told = await heard(ann, 1);
    await object.evict();
    tell(ann, { type: "refuse" });

    expect(await heard(ann, 2)).toEqual(told);
    expect(told).toEqual({ type: "error", code: "GROVE-LOOM-028", message: "You may not do this." });
  });
});
