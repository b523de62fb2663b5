import { expect, test } from "vitest";
import type { Lost, Outgoing } from "../../../src/client/index.ts";
import { type Room, Seen, servedRooms } from "./room.ts";

type LostMessages = readonly Lost<Outgoing<Room>>[];

let release: (status: number) => void = () => {};
const held = () => new Promise<number>((resolve) => (release = resolve));
const served = servedRooms(held);

const say = (text: string) => ({ type: "say", text }) as const;

test("a message is handled once what its handler changed is saved", async () => {
  const { connect, server, object, log } = served();
  const room = connect("/room");

  expect(await room.send(say("kept"))).toEqual({ outcome: "handled" });
  await server.restart();

  expect(await log()).toEqual(["kept"]);
  expect(await object.call("count")).toEqual({ value: 1 });
});

test("what is sent before there is a connection leaves with it, in order", async () => {
  const { connect, log } = served();
  const room = connect("/room");

  const all = await Promise.all(["a", "b", "c"].map((text) => room.send(say(text))));

  expect(all).toEqual([{ outcome: "handled" }, { outcome: "handled" }, { outcome: "handled" }]);
  expect(await log()).toEqual(["a", "b", "c"]);
});

test("a message that the object refuses is told with what is wrong", async () => {
  const room = served().connect("/room");
  const errors = new Seen<unknown>();
  room.on("error", errors.note);

  const delivery = await room.send(say("x".repeat(101)));

  const error = { type: "error", code: "GROVE-LOOM-064", message: "The message is not valid." };
  expect(delivery).toMatchObject({ outcome: "failed", error: { ...error, issues: [{ path: ["text"] }] } });
  expect(delivery).toEqual({ outcome: "failed", error: errors.values[0] });
});

test("a message that was being handled when the process died is uncertain, although its machine had it", async () => {
  const { connect, server, sink } = served();
  const lost = new Seen<LostMessages>();
  const opened = new Seen<string>();
  const waiting = connect("/room", { onLost: lost.note, onStatus: opened.note });
  const trusting = connect("/room", { confirm: "received" });

  const inHand = waiting.send({ type: "hold" });
  const taken = await trusting.send({ type: "hold" });
  const pong = waiting.send("a text that only a pong confirms");
  await pong;
  await server.restart();

  expect(sink.received.length).toBeGreaterThan(0);
  expect(taken).toEqual({ outcome: "received" });
  expect(await pong).toEqual({ outcome: "received" });
  expect(await inHand).toEqual({ outcome: "uncertain" });
  expect(lost.values).toEqual([[{ message: { type: "hold" }, outcome: "uncertain" }]]);
  await opened.until(3);
  expect(opened.values).toEqual(["open", "reconnecting", "open"]);
  release(200);
});

test("bytes and plain text are confirmed by the machine that took them", async () => {
  const { connect, log } = served();
  const room = connect("/room");

  expect(await room.send("plain")).toEqual({ outcome: "received" });
  expect(await room.send(new TextEncoder().encode("bytes"))).toEqual({ outcome: "received" });

  await room.send(say("after"));
  expect(await log()).toEqual(["plain", "bytes", "after"]);
});

test("what is over maxPending is refused, and told", async () => {
  const lost = new Seen<LostMessages>();
  const room = served().connect("/room", { maxPending: 2, onLost: lost.note });

  const [first, second, third] = ["a", "b", "c"].map((text) => room.send(say(text)));

  expect(room.pending).toBe(2);
  expect(await third).toEqual({ outcome: "unsent", reason: "full" });
  expect(await first).toEqual({ outcome: "handled" });
  expect(await second).toEqual({ outcome: "handled" });
  await lost.until(1);
  expect(lost.values).toEqual([[{ message: say("c"), outcome: "unsent" }]]);
  expect(room.pending).toBe(0);
});

test("a connection that is closed tells what it never sent, and takes no more", async () => {
  const { connect, gate, log } = served();
  const lost = new Seen<LostMessages>();
  const status = new Seen<string>();
  const room = connect("/room", { backoff: { first: "1h", longest: "1h" }, onLost: lost.note, onStatus: status.note });
  await status.until(1);
  gate.cut();
  await status.until(2);

  const waiting = room.send(say("waits"));
  room.close();

  expect(await waiting).toEqual({ outcome: "unsent", reason: "closed" });
  expect(await room.send(say("late"))).toEqual({ outcome: "unsent", reason: "closed" });
  await lost.until(2);
  expect(lost.values.flat()).toEqual([
    { message: say("waits"), outcome: "unsent" },
    { message: say("late"), outcome: "unsent" },
  ]);
  expect(await log()).toEqual([]);
});

test("what onLost sends again arrives with the next connection", async () => {
  const { connect, gate, log } = served();
  const again = new Seen<string>();
  const room = connect("/room", {
    onLost: (lost) => lost.forEach(({ message }) => void room.send(message).then(({ outcome }) => again.note(outcome))),
  });
  await room.send(say("first"));

  gate.freeze();
  const delivery = room.send(say("second"));
  gate.cut();

  expect(await delivery).toEqual({ outcome: "uncertain" });
  expect(await again.until(1)).toEqual(["handled"]);
  expect(await log()).toEqual(["first", "second"]);
});

test("what is no message is refused where it is sent", () => {
  const room = served().connect("/room");

  expect(() => room.send("ping")).toThrow("`ping` is the heartbeat's");
  // @ts-expect-error -- a message has a type
  expect(() => room.send({})).toThrow("a message is an object with a `type`");
});
