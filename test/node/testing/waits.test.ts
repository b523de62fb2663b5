import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMockD1, createMockDOEnv, wake } from "loom-do/testing";
import { expect, test } from "vitest";
import { failureOf } from "../../support/failure.ts";
import { Patient } from "./patient.ts";

const noon = Date.UTC(2030, 0, 1, 12);
const room = () => wake(Patient, { now: noon });

test("next() rejects when no message can come, and says so", async () => {
  const socket = await room().connect();

  await expect(socket.next()).rejects.toThrow(
    "next: no message comes: nothing runs in the object, and nothing is on its clock. " +
      "Send or call something before.",
  );
});

test("the failure of a wait shows where the test waits", async () => {
  const [quiet, busy] = [room(), room()];
  const socket = await quiet.connect();
  void busy.call.wait(3_600_000);

  const failures = await Promise.all([failureOf(socket.next()), failureOf(socket.closed), failureOf(busy.evict())]);

  const stacks = failures.map((failure) => (failure as Error).stack!);
  expect(stacks.map((stack) => stack.split(": ", 3).slice(0, 3))).toEqual([
    ["LoomError", "GROVE-LOOM-080", "next"],
    ["LoomError", "GROVE-LOOM-080", "closed"],
    ["LoomError", "GROVE-LOOM-080", "evict"],
  ]);
  expect(stacks.filter((stack) => !stack.includes("waits.test.ts"))).toEqual([]);
});

test.for([
  ["an alarm", "alarmIn"],
  ["a timer", "sendIn"],
] as const)("next() names the time to advance to when %s is what comes next", async ([, method]) => {
  const object = room();
  const socket = await object.connect();
  await object.call[method](90_000);

  await expect(socket.next()).rejects.toThrow(
    "next: no message comes: nothing runs in the object. Its time stands at 2030-01-01T12:00:00.000Z, and what is " +
      'next comes at 2030-01-01T12:01:30.000Z. Write `advance("90s")` before.',
  );
});

test("a message that comes after a wait was given up is the next one's", async () => {
  const object = room();
  const socket = await object.connect();
  await expect(socket.next()).rejects.toThrow("no message comes");

  await object.call.say("late");

  expect(await socket.next()).toBe("late");
});

test("messages go to those who wait in the order in which they began", async () => {
  const object = room();
  const socket = await object.connect();
  const both = Promise.all([socket.next(), socket.next()]);

  await object.call.say("one");
  await object.call.say("two");

  expect(await both).toEqual(["one", "two"]);
});

test("`closed` rejects when nobody ends the socket", async () => {
  const socket = await room().connect();

  await expect(socket.closed).rejects.toThrow("closed: nobody ends the socket: nothing runs in the object");
});

test("a wait that nobody awaits yet is not judged", async () => {
  const object = room();
  const socket = await object.connect();
  const [next, closed] = [socket.next(), socket.closed];
  await expect(socket.next()).rejects.toThrow("no message comes");

  await object.call.say("now");

  expect(await next).toBe("now");
  socket.close(4000, "done");
  expect(await closed).toMatchObject({ code: 4000 });
});

test("an eviction that waits for a timer names the event and the time to advance to", async () => {
  const object = room();
  const waiting = object.call.wait(3_600_000);

  await expect(object.evict()).rejects.toThrow(
    "evict: wait() still runs, and waits for 2030-01-01T13:00:00.000Z. Its time stands at 2030-01-01T12:00:00.000Z: " +
      'write `advance("1h")` before, or `crash()`.',
  );

  await object.advance("1h");
  expect(await waiting).toBe(noon + 3_600_000);
  await object.evict();
});

test("an eviction while the object blocks its events names the end of the block", async () => {
  const object = room();
  const blocked = expect(object.call.block()).rejects.toThrow("waited for too long");

  await expect(object.evict()).rejects.toThrow(/evict: block\(\) still runs.* `advance\("30s"\)` before/);

  await object.advance("30s");
  await blocked;
});

test("an eviction from inside the object would wait for itself", async () => {
  const object = room();

  await expect(object.inside(() => object.evict())).rejects.toThrow("evict: called inside the object");
});

test("an alarm's message is awaited while the time moves", async () => {
  const object = room();
  const socket = await object.connect();
  await object.call.alarmIn(3_600_000);

  const [message] = await Promise.all([socket.next(), object.advance("1h")]);

  expect(message).toBe("alarm");
});

test("a handler that waits for a server is waited for, by the next message and by an eviction", async () => {
  const server = createServer((_, response) => void setTimeout(() => response.end("from afar"), 200).unref());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const object = room();
  const socket = await object.connect();

  socket.send(url);
  await object.evict();

  expect(await socket.next()).toBe("from afar");
  server.close();
  server.closeAllConnections();
});

test("what goes on after a handler has ended is waited for", async () => {
  const env = createMockDOEnv({ DB: createMockD1() }, { now: noon });
  const object = wake(Patient, { env });
  const socket = await object.connect();
  await object.call.queryLater(2_000);

  expect(await socket.next()).toBe("queried");
});

test("what waitUntil was given is waited for", async () => {
  const object = room();
  const socket = await object.connect();
  await object.call.deriveInBackground();

  expect(await socket.next()).toBe("derived");
});

test("what the test itself waits for is waited for", async () => {
  const object = room();
  const socket = await object.connect();
  const later = new Promise((resolve) => setTimeout(resolve, 200)).then(() => object.call.say("later"));

  expect(await socket.next()).toBe("later");
  await later;
});

test("a timer of up to a second, and an alarm on a clock that goes on, come by themselves", async () => {
  const [standing, going] = [room(), wake(Patient)];
  const [first, second] = [await standing.connect(), await going.connect()];
  await standing.call.sendIn(100);
  await going.call.alarmIn(100);

  expect(await first.next()).toBe("timer");
  expect(await second.next()).toBe("alarm");
});
