import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { type QueuedEvent, sendToD1, sendToHttp, sendToQueue } from "../../src/patterns/index.ts";
import { failureOf } from "../support/failure.ts";

const { DB } = env as unknown as { DB: D1Database };

afterEach(() => {
  vi.restoreAllMocks();
});

test("more than one parameter of D1 holds is inserted in one transaction, at its places", async () => {
  await DB.exec('CREATE TABLE "odd ""name" (batch TEXT, position INTEGER, event TEXT, PRIMARY KEY (batch, position))');
  const events = [undefined, "word", 7, { big: "é".repeat(400_000) }, { big: "é".repeat(400_000) }, null];

  for (let time = 0; time < 2; time += 1) await sendToD1(DB, events, { id: "b", table: 'odd "name' });

  const { results } = await DB.prepare('SELECT position, event FROM "odd ""name" ORDER BY position').all();
  expect(results.map(({ position, event }) => [position, JSON.parse(event as string)])).toEqual(
    events.map((event, position) => [position, event ?? null]),
  );
});

test("a queue is sent at most a hundred messages and 256 kB at a time", async () => {
  const pages: { body: QueuedEvent<string> }[][] = [];
  const sendBatch = async (messages: Iterable<MessageSendRequest>) => {
    pages.push([...messages] as { body: QueuedEvent<string> }[]);
  };
  const events = [...Array<string>(150).fill("small"), ...Array<string>(3).fill("x".repeat(60_000))];

  await sendToQueue({ sendBatch } as unknown as Queue<QueuedEvent<string>>, events, { id: "b" });

  expect(pages.map((page) => page.length)).toEqual([100, 51, 1, 1]);
  expect(pages.flat().map(({ body }) => body)).toEqual(
    events.map((event, position) => ({ batch: "b", position, event })),
  );
});

test("an answer that is no success is thrown, and says who answered", async () => {
  vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("secret", { status: 503 }));
  const { signal } = new AbortController();

  const error = await failureOf(sendToHttp("https://sink.example/in?key=1", [1], { id: "b", attempt: 1, signal }));

  expect(error).toMatchObject({ message: "sink.example answered 503." });
});
