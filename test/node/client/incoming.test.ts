import { expect, test } from "vitest";
import type { InvalidMessage } from "../../../src/client/index.ts";
import { incoming, outgoing } from "./fixtures/messages.ts";
import { Seen, servedRooms } from "./room.ts";

let release: (status: number) => void;
const held = new Promise<number>((resolve) => (release = resolve));
const served = servedRooms(() => held);

test("messages reach those who listen to their type, until they stop", async () => {
  const room = served().connect("/room");
  const [kept, left] = [new Seen<unknown>(), new Seen<unknown>()];
  room.on("said", kept.note);
  const stop = room.on("said", left.note);

  await room.send({ type: "say", text: "one" });
  stop();
  await room.send({ type: "say", text: "two" });

  expect(kept.values).toEqual([
    { type: "said", seq: 1, text: "one" },
    { type: "said", seq: 2, text: "two" },
  ]);
  expect(left.values).toEqual([{ type: "said", seq: 1, text: "one" }]);
});

test("what does not fit its schema, and what is no message, reaches no listener", async () => {
  const [invalid, other, said] = [new Seen<InvalidMessage>(), new Seen<unknown>(), new Seen<unknown>()];
  const room = served().connect("/room", { onInvalid: invalid.note, onOther: other.note });
  room.on("said", said.note);

  await room.send({ type: "mumble" });

  expect(invalid.values).toMatchObject([{ message: { type: "said", seq: "none" }, issues: [{ path: ["seq"] }, {}] }]);
  expect(other.values).toEqual(["plain"]);
  expect(said.values).toEqual([]);
});

test("a schema that takes its time keeps what came after waiting", async () => {
  let finish: (isFit: boolean) => void = () => {};
  const slow = incoming.said.refine(() => new Promise<boolean>((resolve) => (finish = resolve)));
  const room = served().connect("/room", { messages: { incoming: { said: slow }, outgoing } });
  const heard = new Seen<string>();
  room.on("said", ({ type }) => heard.note(type));
  room.on("error", ({ type }) => heard.note(type));

  void room.send({ type: "say", text: "good" });
  await room.send({ type: "say", text: "x".repeat(101) });
  expect(heard.values).toEqual([]);
  finish(true);

  expect(await heard.until(2)).toEqual(["said", "error"]);
});

test("what was missed is asked for when connected again, and arrives before `lastSeq` goes on", async () => {
  const { connect, gate } = served();
  const status = new Seen<string>();
  const asked = new Seen<number>();
  const said = new Seen<string>();
  const ann = connect("/room", {
    backoff: { first: 200, longest: 200 },
    onStatus: status.note,
    resume: (seq) => (asked.note(seq), { type: "resume", seq }),
  });
  ann.on("said", ({ text }) => said.note(text));
  await ann.send({ type: "say", text: "heard" });

  gate.cut();
  await status.until(2);
  const bob = connect("/room");
  await bob.send({ type: "say", text: "missed" });
  await bob.send({ type: "say", text: "missed too" });

  await said.until(3);
  await status.until(3);
  expect(said.values).toEqual(["heard", "missed", "missed too"]);
  expect(asked.values).toEqual([1]);
  expect(ann.lastSeq).toBeGreaterThanOrEqual(1);
  await ann.send({ type: "say", text: "new" });
  expect(ann.lastSeq).toBe(4);
});

test("what was missed can be asked for in the address", async () => {
  const { connect, url, gate } = served();
  const status = new Seen<string>();
  const said = new Seen<string>();
  const options = { backoff: { first: 200, longest: 200 }, onStatus: status.note };
  const ann = connect(({ lastSeq }) => `${url}/room?since=${lastSeq}`, options);
  ann.on("said", ({ text }) => said.note(text));
  await ann.send({ type: "say", text: "heard" });

  gate.cut();
  await status.until(2);
  await connect("/room").send({ type: "say", text: "missed" });

  expect(await said.until(2)).toEqual(["heard", "missed"]);
  expect(ann.lastSeq).toBe(2);
});

test("a page that kept its `lastSeq` asks at once", async () => {
  const { connect } = served();
  await connect("/room").send({ type: "say", text: "before" });
  const said = new Seen<unknown>();

  const room = connect("/room", { lastSeq: 0, resume: (seq) => ({ type: "resume", seq }) });
  room.on("said", said.note);

  expect(await said.until(1)).toEqual([{ type: "said", seq: 1, text: "before" }]);
});

test("what is newer does not hide what is still missing when the connection breaks again", async () => {
  const { connect, gate } = served();
  const [asked, said, lost] = [new Seen<number>(), new Seen<unknown>(), new Seen<unknown>()];
  // The object takes its time to send what was missed, and something new arrives before.
  const resume = (seq: number) => (asked.note(seq), { type: "hold" } as const);
  const room = connect("/room?live=99", { lastSeq: 3, resume, onLost: lost.note });
  room.on("said", said.note);
  await said.until(1);
  expect(room.lastSeq).toBe(3);

  gate.cut();
  await said.until(2);
  expect(room.lastSeq).toBe(3);
  release(200);
  await room.send({ type: "say", text: "later" });

  expect(asked.values).toEqual([3, 3]);
  expect(room.lastSeq).toBe(99);
  expect(lost.values).toEqual([]);
});
