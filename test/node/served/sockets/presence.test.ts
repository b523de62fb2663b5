import { describe, expect, test } from "vitest";
import { closePayload, OPCODE } from "../../support/frames.ts";
import { dates, heard, servedAt, tell } from "./served-at.ts";

const lostReason = "WebSocket disconnected without sending Close frame.";

// A closing socket is still listed by the runtime while its close handler runs, which Vitest does not show.
describe.each(dates)("at compatibility date %s", (date) => {
  const served = servedAt(date, { file: "sockets.ts", classes: ["Room"] });

  test.for([
    ["awake", "bye"],
    ["asleep", "bye"],
    ["awake", "slow"],
    ["asleep", "slow"],
  ] as const)("an object that was %s does not count the socket that closes (%s)", async ([how, reason]) => {
    const object = served().object("Room");
    const [ann, bob] = [await object.connect("/rooms/a?name=Ann"), await object.connect("/rooms/b?name=Bob")];
    if (how === "asleep") await object.evict();

    ann.close(4001, reason);

    const end = { code: 4001, reason, wasClean: true };
    expect(await heard(bob, 1)).toEqual({ left: "Ann", end, tags: ["a"], isOpen: false, names: ["Bob"] });
    expect(await ann.closed).toEqual(end);
    expect(await (await object.fetch("/look")).json()).toMatchObject({ names: ["Bob"], count: 1 });
  });

  test.for(["awake", "asleep"])("an object that was %s hears of a client that died, once", async (how) => {
    const object = served().object("Room");
    const ann = await object.connectRaw("/rooms/a?name=Ann");
    const bob = await object.connect("/rooms/b?name=Bob");
    if (how === "asleep") await object.evict();

    ann.die();

    const end = { code: 1006, reason: lostReason, wasClean: false };
    expect(await heard(bob, 1)).toEqual({ left: "Ann", end, tags: ["a"], isOpen: false, names: ["Bob"] });
    tell(bob, { type: "say", text: "alone" });
    expect(await heard(bob, 2)).toMatchObject({ text: "alone" });
    // An answer written to a transport that is gone would be rejected where nobody can catch it.
    expect(served().log).toBe("");
  });

  test("a socket that the object closed is gone at once, although its client never answers", async () => {
    const object = served().object("Room");
    const ann = await object.connectRaw("/rooms/a?name=Ann");
    const bob = await object.connect("/rooms/b?name=Bob");

    ann.send(OPCODE.text, JSON.stringify({ type: "close", code: 4002, reason: "out" }));

    expect(await heard(bob, 1)).toEqual({ sent: false, names: ["Bob"] });
    expect((await ann.until(1))[0]).toMatchObject({ opcode: OPCODE.close, payload: closePayload(4002, "out") });
    await object.evict();
    tell(bob, { type: "who" });
    expect(await heard(bob, 2)).toMatchObject({ names: ["Bob"] });
    ann.die();
    expect(await heard(bob, 3)).toMatchObject({ left: "Ann", isOpen: false, names: ["Bob"] });
    expect(served().log).not.toContain("GROVE-LOOM-061");
  });

  test.for(["awake", "asleep"])("nothing is handled of a socket that an object, %s since, has closed", async (how) => {
    const object = served().object("Room");
    const ann = await object.connectRaw("/rooms/a?name=Ann");
    const bob = await object.connect("/rooms/b?name=Bob");
    ann.send(OPCODE.text, JSON.stringify({ type: "close", code: 4002, reason: "out" }));
    await bob.until(1);
    if (how === "asleep") await object.evict();

    ann.send(OPCODE.text, JSON.stringify({ type: "say", text: "still here" }));
    ann.send(OPCODE.close, closePayload(4002, "out"));

    expect(await heard(bob, 2)).toMatchObject({ left: "Ann", end: { code: 4002 }, names: ["Bob"] });
    expect(await (await object.fetch("/look")).json()).toMatchObject({ kept: "" });
  });

  test("a killed process leaves no ghosts: sockets and their state are gone, persisted fields are kept", async () => {
    const object = served().object("Room");
    const ann = await object.connect("/rooms/a?name=Ann");
    tell(ann, { type: "say", text: "remember" });
    await heard(ann, 1);

    await served().restart();

    expect(await ann.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(await (await object.fetch("/look")).json()).toEqual({ wakes: 2, kept: "remember", names: [], count: 0 });
    const again = await object.connect("/rooms/a?name=Ann");
    tell(again, { type: "who" });
    expect(await heard(again, 1)).toMatchObject({ state: { name: "Ann", said: 0 }, names: ["Ann"] });
  });
});
