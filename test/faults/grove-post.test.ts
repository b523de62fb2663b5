import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NotificationPage } from "../../examples/grove/types.ts";
import { WranglerDev } from "../browser/support/wrangler-dev.ts";
import { eventually } from "./support/eventually.ts";
import { randomFrom } from "./support/random.ts";
import { Readers } from "./support/readers.ts";

// PostDO's comments, and what NotificationDO is told of them, under `kill -9`, in the middle of flushes. LOOM_FAULTS=long asks for more kills; LOOM_SEED=<number>
// repeats a run's schedule.
const isLong = process.env["LOOM_FAULTS"] === "long";
const kills = isLong ? 20 : 2;
const seed = Number(process.env["LOOM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const migration = new URL("../../examples/grove/migrations/0005_comments.sql", import.meta.url).pathname;

let server: WranglerDev;

beforeAll(async () => {
  server = await WranglerDev.serve(new URL("fixtures/grove-post/", import.meta.url).pathname);
  const statements = readFileSync(migration, "utf8").replaceAll(/--.*$/gm, "").split(";");
  for (const statement of statements.filter((text) => text.trim())) await sql(statement);
});
afterAll(() => server?.end());

async function ask(path: string, init?: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(20_000);
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, signal });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return response;
}

async function sql(statement: string): Promise<readonly { readonly id: string }[]> {
  return (await ask("/sql", { method: "POST", body: statement })).json() as Promise<{ id: string }[]>;
}

/** The ids of a post's comments, in D1 and as the object answers. */
async function idsOf(post: string) {
  const stored = await sql(`SELECT id FROM comments WHERE post_id = '${post}'`);
  const recent = (await (await ask(`/posts/${post}/comments?limit=100`)).json()) as { readonly id: string }[];
  return { stored: stored.map(({ id }) => id).toSorted(), recent: recent.map(({ id }) => id).toSorted() };
}

/** Which comments a user is notified of, all of them unread. */
async function notifiedOf(post: string, userId: string): Promise<string[]> {
  const { notifications, unreadCount } = (await (await ask(`/notified/${userId}`)).json()) as NotificationPage;
  expect(unreadCount).toBe(notifications.length);
  return notifications.map(({ actorId }) => `${post}-${actorId}`).toSorted();
}

/** Has readers write and flushes run until so many comments are acknowledged, then kills the runtime under them. */
async function writeUntilKilled(post: string): Promise<Readers> {
  const readers = new Readers(ask, post);
  const isDone = readers.run(Math.ceil(5 + random() * 40));
  await readers.acknowledgedEnough;
  // So that the end does not always follow an acknowledgement: the delay decides nothing about the outcome.
  await new Promise((resolve) => setTimeout(resolve, random() * 5));
  readers.expectTheEnd();
  await server.kill();
  await isDone;
  return readers;
}

test(`no comment and no notification is lost or doubled, whenever the runtime is killed (seed ${seed})`, async () => {
  let acknowledged = 0;

  for (let round = 1; round <= kills; round += 1) {
    const post = `post${round}`;
    const readers = await writeUntilKilled(post);
    await server.start();
    const before = await idsOf(post);
    await ask(`/flush/${post}`, { method: "POST" });
    const after = await idsOf(post);

    expect(before.recent).toEqual(expect.arrayContaining([...readers.acknowledged]));
    expect([...readers.sent]).toEqual(expect.arrayContaining(before.recent));
    expect(before.recent).toEqual(expect.arrayContaining(before.stored));
    expect(new Set(before.recent).size).toBe(before.recent.length);
    expect(after).toEqual({ stored: before.recent, recent: before.recent });
    const answers = before.recent.filter((id) => id !== `${post}-${readers.author}`);
    await eventually(async () => expect(await notifiedOf(post, readers.author)).toEqual(answers));
    acknowledged += readers.acknowledged.size;
  }

  console.log(`${kills} kills, ${acknowledged} acknowledged comments, none lost or doubled, nor what they notify of`);
});

test.runIf(isLong)("after a kill the alarm by itself brings to D1 what waits", async () => {
  const body = JSON.stringify({ id: "waiting", userId: "ada", content: "Hello" });
  await ask("/posts/alone/comments", { method: "POST", body });
  await server.kill();
  await server.start();

  await ask("/posts/alone/presence");

  await eventually(async () => expect(await idsOf("alone")).toEqual({ stored: ["waiting"], recent: ["waiting"] }));
});
