import { describe, expect, test } from "vitest";
import { closePayload, OPCODE } from "../../support/frames.ts";
import { dates, heard, servedAt, tell } from "./served-at.ts";

const MEBIBYTE = 1_048_576;
const PROTOCOL_ERROR = closePayload(1002);

describe.each(dates)("at compatibility date %s", (date) => {
  const served = servedAt(date, { file: "sockets.ts", classes: ["Room", "Plain"] });

  // Trap 24: the runtime answers no close frame of a hibernating socket, and 1005 cannot be sent back as a code.
  test.for(["/declared", "/accepted", "/by-hand"])(
    "a close frame on %s is answered, with or without a code",
    async (path) => {
      const object = served().object("Plain");
      const [coded, bare, slept] = [await object.connect(path), await object.connect(path), await object.connect(path)];

      coded.close(4001, "é".repeat(61));
      bare.close();
      expect(await coded.closed).toEqual({ code: 4001, reason: "é".repeat(61), wasClean: true });
      expect(await bare.closed).toEqual({ code: 1005, reason: "", wasClean: true });
      await object.evict();
      slept.close(1000);

      expect(await slept.closed).toEqual({ code: 1000, reason: "", wasClean: true });
    },
  );

  test.for([999, 1005, 1006, 1015, 2999, 5000])("a client that sends the illegal code %i is answered", async (code) => {
    const client = await served().object("Plain").connectRaw("/declared");

    client.send(OPCODE.close, closePayload(code));
    const [frame] = await client.until(1);

    expect(frame?.opcode).toBe(OPCODE.close);
    client.die();
  });

  // Trap 25: over 123 bytes the runtime throws.
  test("a reason that is too long is cut between characters", async () => {
    const ann = await served().object("Room").connect("/rooms/a?name=Ann");

    tell(ann, { type: "close", code: 4000, reason: "é".repeat(100) });

    expect(await ann.closed).toEqual({ code: 4000, reason: "é".repeat(61), wasClean: true });
  });

  test.for([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5])(
    "close(%d) is refused, and the socket stays",
    async (code) => {
      const ann = await served().object("Room").connect("/rooms/a?name=Ann");

      tell(ann, { type: "close", code, reason: "" });

      expect(await heard(ann, 1)).toMatchObject({ type: "error", code: "GROVE-LOOM-080" });
      tell(ann, { type: "say", text: "still here" });
      expect(await heard(ann, 2)).toMatchObject({ text: "still here" });
    },
  );

  // Trap 27: the runtime reports a broken frame on a socket that it is closing already.
  test("a client that breaks the protocol is an error, then an end", async () => {
    const object = served().object("Room");
    const ann = await object.connectRaw("/rooms/a?name=Ann");
    const bob = await object.connect("/rooms/a?name=Bob");

    ann.send(5, "no such opcode");

    expect(await heard(bob, 1)).toEqual({ failed: "Ann", problem: expect.stringContaining("Unknown opcode 5") });
    expect(await heard(bob, 2)).toMatchObject({ left: "Ann", isOpen: false, names: ["Bob"] });
    expect((await ann.until(1))[0]!.payload.subarray(0, 2)).toEqual(PROTOCOL_ERROR);
    ann.die();
  });

  test("one mebibyte is taken, a byte more closes with 1009, also after hibernation", async () => {
    const object = served().object("Room");
    const [ann, bob, cat] = [
      await object.connect("/rooms/a?name=Ann"),
      await object.connect("/rooms/a?name=Bob"),
      await object.connect("/rooms/a?name=Cat"),
    ];

    ann.send("x".repeat(MEBIBYTE));
    expect(await heard(ann, 1)).toMatchObject({ code: "GROVE-LOOM-062" });
    ann.send("x".repeat(MEBIBYTE + 1));
    await object.evict();
    bob.send("é".repeat(MEBIBYTE / 2 + 1));
    cat.send(new Uint8Array(MEBIBYTE + 1));

    for (const { closed } of [ann, bob, cat]) {
      expect(await closed).toMatchObject({ code: 1009, reason: expect.stringMatching(/GROVE-LOOM-065/) });
    }
    expect(await (await object.fetch("/look")).json()).toMatchObject({ count: 0 });
  });

  test("over 32 MiB the runtime itself closes with 1009, and the object hears of it", async () => {
    const object = served().object("Room");
    const ann = await object.connectRaw("/rooms/a?name=Ann");
    const bob = await object.connect("/rooms/a?name=Bob");

    ann.announce(OPCODE.text, 33_554_433);

    expect((await ann.until(1))[0]!.payload.subarray(0, 2)).toEqual(closePayload(1009));
    expect(await heard(bob, 1)).toMatchObject({ failed: "Ann", problem: expect.stringContaining("too large") });
    ann.die();
  });

  test("a socket that is faster than its limit is closed with 1008", async () => {
    const ann = await served().object("Room").connect("/hurried");

    for (const text of ["one", "two", "three", "four", "five"]) tell(ann, { type: "say", text });

    expect(await ann.closed).toMatchObject({ code: 1008, reason: expect.stringMatching(/GROVE-LOOM-066/) });
    expect(ann.received).toHaveLength(3);
  });
});
