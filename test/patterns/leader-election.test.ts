import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Leader, LeaderElection } from "../../src/patterns/index.ts";
import { objectOf } from "../support.ts";
import { Client } from "../support/client.ts";
import { failureOf } from "../support/failure.ts";

const began = Date.UTC(2030, 0, 1);
const minute = 60_000;

// Only the Date: alarms of 2030 do not ring by themselves.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: began }));
afterEach(() => void vi.useRealTimers());

const electionOf = () => objectOf<LeaderElection>("LeaderElection");

test("one node leads, and leads on over an eviction", async () => {
  const election = electionOf();

  expect(await election.leader()).toBeNull();
  expect(await election.claimLeadership("ada", minute)).toBe(true);
  await evictDurableObject(election);
  expect(await election.claimLeadership("bob", minute)).toBe(false);
  expect(await election.leader()).toEqual({ nodeId: "ada", term: 1, expiresAt: began + minute });
  expect(await (await election.fetch("https://internal/leader")).json()).toEqual({
    leader: { nodeId: "ada", term: 1, expiresAt: began + minute },
  });
});

test("a leader that claims or renews leads on in the same term", async () => {
  const election = electionOf();
  await election.claimLeadership("ada", minute);
  vi.setSystemTime(began + 1_000);
  expect(await election.claimLeadership("ada", minute)).toBe(true);
  vi.setSystemTime(began + minute);

  expect(await election.renew("ada", minute)).toBe(true);
  expect(await election.renew("bob", minute)).toBe(false);
  expect(await election.leader()).toEqual({ nodeId: "ada", term: 1, expiresAt: began + 2 * minute });
});

test("a leadership that ran out is anybody's, in a new term, before the alarm too", async () => {
  const election = electionOf();
  await election.claimLeadership("ada", minute);
  vi.setSystemTime(began + minute);

  expect(await election.leader()).toBeNull();
  expect(await election.renew("ada", minute)).toBe(false);
  expect(await election.resign("ada")).toBe(false);
  expect(await election.claimLeadership("ada", minute)).toBe(true);
  expect(await election.leader()).toMatchObject({ nodeId: "ada", term: 2 });
});

test("who resigns makes room; nobody resigns for another", async () => {
  const election = electionOf();
  await election.claimLeadership("ada", minute);

  expect(await election.resign("bob")).toBe(false);
  expect(await election.resign("ada")).toBe(true);
  expect(await election.claimLeadership("bob", minute)).toBe(true);
  expect(await election.leader()).toMatchObject({ nodeId: "bob", term: 2 });
});

const news = (leader: Leader | null) => ({ type: "leader", leader });

test("a watcher is told who leads, then of every change, over evictions, and of no renewal", async () => {
  const election = electionOf();
  const watcher = await Client.open(election, "/watch");
  const heard = [await watcher.next()];
  await election.claimLeadership("ada", minute);
  await evictDurableObject(election);
  await election.renew("ada", 2 * minute);
  await election.resign("ada");
  await election.claimLeadership("bob", minute);
  for (let at = 0; at < 3; at++) heard.push(await watcher.next());
  watcher.close();

  expect(heard).toEqual([
    news(null),
    news({ nodeId: "ada", term: 1, expiresAt: began + minute }),
    news(null),
    news({ nodeId: "bob", term: 2, expiresAt: began + minute }),
  ]);
});

test("the alarm tells watchers that a leadership ran out, and waits on for a leader who renewed", async () => {
  const election = electionOf();
  await election.claimLeadership("ada", minute);
  await election.renew("ada", 3 * minute);
  const watcher = await Client.open(election, "/watch");
  const alarm = () => runInDurableObject(election, (_, { storage }) => storage.getAlarm());
  const ring = async (time: number) => {
    vi.setSystemTime(time);
    await runDurableObjectAlarm(election);
    return alarm();
  };

  expect(await alarm()).toBe(began + minute);
  expect(await ring(began + minute)).toBe(began + 3 * minute);
  expect(await ring(began + 3 * minute)).toBeNull();
  expect(await watcher.next()).toMatchObject({ leader: { nodeId: "ada" } });
  expect(await watcher.next()).toEqual(news(null));
  watcher.close();
});

test.each([["claimLeadership"], ["renew"]] as const)("%s refuses what is no node and no time", async (method) => {
  const election = electionOf();

  expect(await failureOf(election[method]("", minute))).toMatchObject({ code: "GROVE-LOOM-024" });
  expect(await failureOf(election[method]("ada", 0))).toMatchObject({ code: "GROVE-LOOM-024" });
});

test("a renewal is one row, a refused claim none, and the alarm is set once", async () => {
  const rows = await runInDurableObject(electionOf(), async (object, { storage }) => {
    const written = () => Number(storage.sql.exec("SELECT total_changes() AS rows").one().rows);
    const counts: number[] = [];
    for (const [node, ttl] of [
      ["ada", 1],
      ["ada", 2],
      ["ada", 3],
      ["bob", 9],
    ] as const) {
      const before = written();
      await object.claimLeadership(node, ttl * minute);
      await Promise.resolve();
      counts.push(written() - before);
    }
    return counts;
  });

  expect(rows).toEqual([3, 1, 1, 0]);
});

const move = fc.record({
  node: fc.constantFrom("ada", "bob", "cyd"),
  act: fc.constantFrom("claim", "claim", "renew", "resign", "ring", "evict"),
  ttl: fc.integer({ min: 1, max: 90_000 }),
  pass: fc.nat(60_000),
});

test("one leader at a time and terms that grow, whatever comes in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 30 }), async (moves) => {
      const election = electionOf();
      let leader = (await election.leader()) as Leader | null;
      let term = 0;
      for (const { node, act, ttl, pass } of moves) {
        vi.setSystemTime(Date.now() + pass);
        if (leader && leader.expiresAt <= Date.now()) leader = null;
        const isLeader = leader?.nodeId === node;
        const lead = (next: number) => (leader = { nodeId: node, term: (term = next), expiresAt: Date.now() + ttl });
        if (act === "claim") {
          const isFree = leader === null;
          expect(await election.claimLeadership(node, ttl)).toBe(isFree || isLeader);
          if (isFree || isLeader) lead(isFree ? term + 1 : term);
        } else if (act === "renew") {
          expect(await election.renew(node, ttl)).toBe(isLeader);
          if (isLeader) lead(term);
        } else if (act === "resign") {
          expect(await election.resign(node)).toBe(isLeader);
          if (isLeader) leader = null;
        } else if (act === "ring") await runDurableObjectAlarm(election);
        else await evictDurableObject(election); // it runs: each move ends with a question
        expect(await election.leader()).toEqual(leader);
      }
    }),
    { numRuns: 25 },
  );
}, 30_000);
