import { describe, expect, test } from "vitest";
import type { Socket } from "../../support/socket.ts";
import { dates, heard, servedAt, tell } from "./served-at.ts";

describe.each(dates)("at compatibility date %s", (date) => {
  const served = servedAt(date, { file: "sockets-load.ts", classes: ["Busy"] });

  test("1,000 messages of one socket are handled in order, whatever each handler waits for", async () => {
    const object = served().object("Busy");
    const [one, other] = [await object.connect("/a"), await object.connect("/b")];
    const sent = Array.from({ length: 1000 }, (_, index) => `message ${index}`);

    sent.forEach((text) => one.send(text));
    sent.slice(0, 100).forEach((text) => other.send(text));

    await Promise.all([one.until(1000), other.until(100)]);
    expect(one.received).toEqual(sent);
    expect(other.received).toEqual(sent.slice(0, 100));
  });

  test("an object that goes to sleep in the middle loses no message and no place in the order", async () => {
    const object = served().object("Busy");
    const socket = await object.connect("/a");
    const sent = Array.from({ length: 200 }, (_, index) => `message ${index}`);

    sent.slice(0, 100).forEach((text) => socket.send(text));
    await socket.until(1);
    await object.evict();
    sent.slice(100).forEach((text) => socket.send(text));

    await socket.until(200);
    expect(socket.received).toEqual(sent);
  });

  test("the end of a socket is heard after all of its messages", async () => {
    const object = served().object("Busy");
    const [watcher, socket] = [await object.connect("/watchers"), await object.connect("/a")];
    const sent = Array.from({ length: 50 }, (_, index) => `message ${index}`);

    sent.forEach((text) => socket.send(text));
    socket.close(1000);

    await watcher.until(51);
    expect(watcher.received).toEqual([...sent, "closed"]);
  });

  test("a broadcast reaches all who live, although others have just died", async () => {
    const object = served().object("Busy");
    const living = await Promise.all(Array.from({ length: 10 }, () => object.connect("/living")));
    const dying = await Promise.all(Array.from({ length: 10 }, () => object.connectRaw("/dying")));

    dying.forEach((client) => client.die());
    tell(living[0]!, { type: "shout", text: "still there" });

    for (const socket of living) expect(await heard(socket, 1)).toEqual({ text: "still there" });
  });

  test("a client that reads nothing holds nobody", async () => {
    const object = served().object("Busy");
    const [reader, stalled] = [await object.connect("/living"), await object.connectRaw("/stalled")];
    const text = "x".repeat(500_000);

    stalled.stall();
    for (let round = 0; round < 20; round += 1) tell(reader, { type: "shout", text });

    await reader.until(20);
    expect(reader.received).toHaveLength(20);
    stalled.die();
  });

  test("a broadcast of a turn whose commit fails reaches nobody, and nothing of the turn is kept", async () => {
    const object = served().object("Busy");
    const sockets = [await object.connect("/a"), await object.connect("/b")];
    tell(sockets[0]!, { type: "spend" });
    for (const socket of sockets) expect(await heard(socket, 1)).toEqual({ spent: 1 });

    tell(sockets[0]!, { type: "spend", fails: true });
    await Promise.all(sockets.map(ended));

    for (const { received } of sockets) expect(received).toEqual(['{"spent":1}']);
    expect(await (await object.fetch("/spent")).json()).toEqual({ spent: 1, count: 0 });
  });
});

function ended(socket: Socket): Promise<unknown> {
  return socket.closed;
}
