import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closePayload, OPCODE } from "../../support/frames.ts";
import { Workerd } from "../../support/workerd.ts";
import { seen, watched } from "./watched.ts";

const CLOSING = 2;
const CLOSED = 3;

// What workerd 2026-10-23 does with hibernating sockets. The automatic answer to a close frame came with the
// compatibility date 2026-04-07, but for standard sockets only.
describe.each(["2026-03-30", "2026-10-01"])("at compatibility date %s", (compatibilityDate) => {
  let server: Workerd;

  beforeAll(async () => {
    const fixture = new URL("../fixtures/platform-sockets.ts", import.meta.url);
    server = await Workerd.serve({ fixture, classes: ["ByHand", "Unanswering"], compatibilityDate });
  });
  afterAll(() => server?.end());

  test.for([
    ["awake", 4321, { code: 4321, reason: "answer with 1000", wasClean: true }],
    ["asleep", 4321, { code: 4321, reason: "answer with 1000", wasClean: true }],
  ] as const)("a closing socket of an object %s is still listed, CLOSING, and has to be answered", async (row) => {
    const [how, code, detail] = row;
    const { object, watcher, socket } = await watched(server.object("ByHand"));
    if (how === "asleep") await object.evict();

    socket.close(code, "answer with 1000");

    expect(await socket.closed).toEqual({ code: 1000, reason: "", wasClean: true });
    await watcher.until(2);
    expect(watcher.received.map(seen)).toEqual([
      { event: "close", detail, readyState: CLOSING, isListed: true },
      { event: "after", detail: 4321, readyState: CLOSED, isListed: true },
    ]);
    expect(await object.call("listed")).toEqual({ value: [["watcher"]] });
  });

  test("a close frame without a code is 1005, and closing without one answers it", async () => {
    const { object, watcher } = await watched(server.object("ByHand"));
    const client = await object.connectRaw("/");

    client.send(OPCODE.close, "");
    const [answer] = await client.until(1);
    await watcher.until(1);

    expect(answer).toMatchObject({ opcode: OPCODE.close, payload: Buffer.alloc(0) });
    expect(seen(watcher.received[0]!)).toMatchObject({ event: "close", detail: { code: 1005, wasClean: true } });
    client.die();
  });

  test("a client that dies without a close frame is 1006, listed and CLOSING", async () => {
    const { object, watcher } = await watched(server.object("ByHand"));
    const client = await object.connectRaw("/");

    client.die();
    await watcher.until(1);

    const detail = { code: 1006, reason: "WebSocket disconnected without sending Close frame.", wasClean: false };
    expect(seen(watcher.received[0]!)).toEqual({ event: "close", detail, readyState: CLOSING, isListed: true });
  });

  test("an illegal frame is an error, which the runtime itself answers with 1002", async () => {
    const { object, watcher } = await watched(server.object("ByHand"));
    const client = await object.connectRaw("/");

    client.send(5, "no such opcode");
    const [frame] = await client.until(1);
    await watcher.until(1);

    expect(frame).toMatchObject({ opcode: OPCODE.close, payload: closePayload(1002, "Unknown opcode 5") });
    expect(seen(watcher.received[0]!)).toMatchObject({ event: "error", readyState: CLOSING, isListed: true });
    client.die();
  });

  test.for(["/", "/standard"])(
    "a class that never closes leaves the client of %s waiting, as measured",
    async (path) => {
      const socket = await server.object("Unanswering").connect(path);
      const isAnswered = path === "/standard" && compatibilityDate >= "2026-04-07";

      socket.close(4000, "bye");
      const end = isAnswered ? socket.closed : server.restart().then(() => socket.closed);

      expect(await end).toMatchObject(isAnswered ? { code: 4000, wasClean: true } : { wasClean: false });
    },
  );

  test("after close() a send throws, a second close is ignored, and the client's answer is a close event", async () => {
    const { watcher, socket } = await watched(server.object("ByHand"));

    socket.send("closeThenSend");

    expect(await socket.closed).toEqual({ code: 1000, reason: "first", wasClean: true });
    await watcher.until(2);
    const late = "TypeError: Can't call WebSocket send() after close().";
    expect(watcher.received.map(seen).slice(0, 2)).toMatchObject([
      { event: "closing", detail: late, readyState: CLOSING, isListed: true },
      { event: "close", detail: { code: 1000, wasClean: true }, readyState: CLOSED, isListed: true },
    ]);
  });
});
