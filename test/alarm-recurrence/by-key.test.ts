import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AsTold, handlers } from "../fixtures/recurrence.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

let log: ReturnType<typeof capture>;
let object: DurableObjectStub<AsTold>;

/** The rows of the timetable: when each runs, and the time it stands for. */
function rows() {
  return runInDurableObject(object, (_instance, { storage }) => {
    const found = storage.sql.exec<{ key: string; due: number; first: number }>(
      "SELECT * FROM loom_alarms ORDER BY key",
    );
    return found.toArray().map(({ key, due, first }) => `${key.split("\n")[1]} ${clock(due)} ${clock(first)}`);
  });
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

function at(time: string) {
  vi.setSystemTime(new Date(`2030-01-01T${time}Z`));
}

async function runAt(time: string) {
  at(time);
  await runDurableObjectAlarm(object);
}

function failing() {
  handlers.act = () => {
    throw new Error("not now");
  };
}

beforeEach(() => {
  log = capture();
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T12:00:00Z") });
  object = objectOf<AsTold>("AsTold");
});

afterEach(() => {
  handlers.act = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("each key recurs by a pattern of its own, with its payload, in one row, also after an eviction", async () => {
  await object.recur("digest", { cron: "0 * * * *" }, "all");
  await object.recur("poll", { every: "40m" });
  await evictDurableObject(object);

  for (const time of ["12:40:00", "13:00:07", "13:25:00", "14:00:00"]) await runAt(time);

  expect(await object.done()).toEqual([
    "poll undefined 12:40:00",
    "digest all 13:00:00",
    "poll undefined 13:20:00",
    "digest all 14:00:00",
    "poll undefined 14:00:00",
  ]);
  expect(await rows()).toEqual(["digest 15:00:00 15:00:00", "poll 14:40:00 14:40:00"]);
});

test("a pattern of a key is read by the clock of its zone", async () => {
  await object.recur("digest", { cron: "0 9 * * *", timeZone: "America/New_York" });

  expect(await rows()).toEqual(["digest 14:00:00 14:00:00"]);
});

test("what recurs is listed with how it does", async () => {
  await object.recur("digest", { cron: "0 9 * * *", timeZone: "Europe/Berlin", missed: "skip" }, "all");
  await object.once("mail", "30m");

  const [mail, digest] = await object.pending();

  expect(mail).not.toHaveProperty("recurrence");
  expect(digest).toEqual({
    name: "job",
    key: "digest",
    payload: "all",
    scheduledTime: new Date("2030-01-02T08:00:00Z"),
    attempts: 0,
    recurrence: { cron: "0 9 * * *", timeZone: "Europe/Berlin", missed: "skip" },
  });
});

test("while a handler runs its row is on disk as it was: a crash runs it again", async () => {
  await object.recur("poll", { every: "1h" });
  let found: unknown;
  handlers.act = ({ ctx: { storage } }) => {
    found = storage.sql.exec("SELECT due, first, spec FROM loom_alarms").toArray();
  };

  await runAt("13:00:00");

  const due = Date.UTC(2030, 0, 1, 13);
  expect(found).toEqual([{ due, first: due, spec: '{"every":"1h"}' }]);
});

test("times that passed while nothing could run are one late run, none, or one each, as missed says", async () => {
  await object.recur("once", { every: "1h" });
  await object.recur("skip", { every: "1h", missed: "skip" });
  await object.recur("all", { every: "1h", missed: "all" });

  for (let run = 1; run <= 3; run += 1) await runAt("15:30:00");

  expect((await object.done()).toSorted()).toEqual([
    "all undefined 13:00:00",
    "all undefined 14:00:00",
    "all undefined 15:00:00",
    "once undefined 13:00:00",
  ]);
  expect(log.lines).toMatchObject([{ level: "warn", message: "A run comes too late and is left out.", alarm: "job" }]);
  expect(await rows()).toEqual(["all 16:00:00 16:00:00", "once 16:00:00 16:00:00", "skip 16:00:00 16:00:00"]);
});

test("a run that fails is tried again before the next, with its time, and the next comes at its own", async () => {
  await object.recur("poll", { every: "1h" });
  failing();
  await runAt("13:00:00");
  const [between] = await rows();
  handlers.act = undefined;

  await runAt("13:10:00");

  expect(between).toMatch(/^poll 13:(05|06|07|08|09|10):\d\d 13:00:00$/);
  expect(await object.done()).toEqual(["poll undefined 13:00:00", "poll undefined 13:00:00"]);
  expect(await rows()).toEqual(["poll 14:00:00 14:00:00"]);
});

test("a run that is given up is kept in failed(), and its key goes on", async () => {
  await object.recur("poll", { every: "1h" });
  failing();

  for (const time of ["13:00:00", "13:10:00"]) await runAt(time);

  expect(await object.failed()).toEqual([{ name: "job", attempts: 2 }]);
  expect(await rows()).toEqual(["poll 14:00:00 14:00:00"]);
});

test("a run whose retry would come after the next gives way to it, and the log says so", async () => {
  await object.recur("poll", { every: "2m" });
  failing();

  await runAt("12:02:00");

  expect(await rows()).toEqual(["poll 12:04:00 12:04:00"]);
  expect(await object.failed()).toEqual([]);
  const hint = "It gives way to the next run, at 2030-01-01T12:04:00.000Z.";
  expect(log.lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "job", key: "poll", isLast: true, hint }]);
});

test("missed all: a run that fails is tried again though the next is due", async () => {
  await object.recur("poll", { every: "2m", missed: "all" });
  failing();

  await runAt("12:02:00");

  expect(await rows()).toEqual([expect.stringMatching(/^poll 12:(07|08|09|10|11|12):\d\d 12:02:00$/)]);
});

test.for([
  ["its handler returns false", () => runStopped()],
  ["it is cancelled", () => object.drop("poll")],
] as const)("a key recurs no more when %s", async ([, stop]) => {
  await object.recur("poll", { every: "1h" });

  await stop();

  expect(await rows()).toEqual([]);
});

async function runStopped() {
  handlers.act = () => false;
  await runAt("13:00:00");
}

test("a key that is scheduled for once recurs no more, and the other way round", async () => {
  await object.recur("poll", { every: "1h" });
  await object.once("poll", "10m");
  await object.once("digest", "10m");
  await object.recur("digest", { every: "5m" });

  for (const time of ["12:05:00", "12:10:00"]) await runAt(time);

  expect(await rows()).toEqual(["digest 12:15:00 12:15:00"]);
});

test("ensureScheduled leaves what recurs so already, and changes what recurs otherwise", async () => {
  const first = await object.ensure("poll", { every: "1h" });
  at("12:30:00");

  const again = await object.ensure("poll", { every: "1h" });
  const kept = await rows();
  const otherwise = await object.ensure("poll", { every: "2h" });

  expect([first, again, otherwise]).toEqual([true, false, true]);
  expect(kept).toEqual(["poll 13:00:00 13:00:00"]);
  expect(await rows()).toEqual(["poll 14:30:00 14:30:00"]);
});

/** Has the run of 13:00 of a key given up. */
async function givenUp() {
  await object.recur("poll", { every: "1h" }, "all");
  failing();
  for (const time of ["13:00:00", "13:10:00"]) await runAt(time);
  handlers.act = undefined;
}

test("a failed run that is retried comes before the next, whose time stays", async () => {
  await givenUp();

  await object.retryAll();
  const before = await rows();
  await runAt("13:10:00");

  expect(before).toEqual(["poll 13:10:00 13:00:00"]);
  expect(await object.done()).toEqual(Array.from({ length: 3 }, () => "poll all 13:00:00"));
  expect(await rows()).toEqual(["poll 14:00:00 14:00:00"]);
  expect(await object.failed()).toEqual([]);
});

test("a failed run that is retried keeps the next time of a key that was started anew since", async () => {
  await givenUp();
  await object.recur("poll", { every: "1h" }, "all");

  await object.retryAll();
  await runAt("13:15:00");

  expect((await object.done()).at(-1)).toBe("poll all 13:00:00");
  expect(await rows()).toEqual(["poll 14:10:00 14:10:00"]);
});

test("a failed run whose key is stopped is retried once", async () => {
  await givenUp();
  await object.drop("poll");

  await object.retryAll();
  await runAt("13:20:00");

  expect((await object.done()).at(-1)).toBe("poll all 13:00:00");
  expect(await rows()).toEqual([]);
});

test("a failed run is not put before what was scheduled with another payload since", async () => {
  await givenUp();
  await object.recur("poll", { every: "1h" }, "other");

  const error = await failureOf(object.retryAll());

  expect(error).toMatchObject({ code: "GROVE-LOOM-050" });
  expect(await rows()).toEqual(["poll 14:10:00 14:10:00"]);
});

test("a pattern that this version cannot read waits for one that can, untried", async () => {
  await object.recur("poll", { cron: "0 * * * *" });
  await runInDurableObject(object, (_instance, { storage }) => {
    storage.sql.exec("UPDATE loom_alarms SET spec = ?", '{"cron":"of another kind"}');
  });

  await runAt("13:00:00");

  expect(await object.done()).toEqual([]);
  expect(await object.failed()).toEqual([]);
  expect(await rows()).toEqual([expect.stringMatching(/^poll 13:00:(3|4|5)\d 13:00:00$|^poll 13:01:00 13:00:00$/)]);
  expect(log.lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "job", nextTry: expect.any(String) }]);
});

test("what waited for a version that can read it has all its tries, and waits longer each time", async () => {
  await object.recur("poll", { cron: "0 * * * *" }, "all");
  const write = (spec: string) =>
    runInDurableObject(object, (_instance, { storage }) => {
      storage.sql.exec("UPDATE loom_alarms SET spec = ?", spec);
    });
  await write('{"cron":"of another kind"}');
  for (const time of ["13:00:00", "13:10:00", "13:30:00"]) await runAt(time);
  const waiting = await object.pending();
  await write('{"cron":"0 * * * *"}');
  failing();

  await runAt("13:50:00");

  expect(waiting).toMatchObject([{ attempts: 0 }]);
  expect(waiting[0]!.scheduledTime.getTime()).toBeGreaterThanOrEqual(Date.UTC(2030, 0, 1, 13, 45));
  expect(await object.done()).toEqual(["poll all 13:00:00"]);
  expect(await object.failed()).toEqual([]);
  expect(await object.pending()).toMatchObject([{ attempts: 1 }]);
});

test("a failed run whose next try would come after its key's next time is kept as a failure again", async () => {
  await givenUp();
  await object.retryAll();
  failing();

  await runAt("13:55:00");

  expect(await object.failed()).toEqual([{ name: "job", attempts: 1 }]);
  expect(await rows()).toEqual(["poll 14:00:00 14:00:00"]);
});

test("a retry that is given up after its key's next time lets that have its run", async () => {
  await givenUp();
  await object.retryAll();
  failing();
  await runAt("13:58:00");

  handlers.act = undefined;
  await runAt("14:00:00");

  expect((await object.done()).slice(-2)).toEqual(["poll all 13:00:00", "poll all 14:00:00"]);
  expect(await rows()).toEqual(["poll 15:00:00 15:00:00"]);
});

test.for([
  [{}, 'schedule job: says no time. Write `{ every: "1h" }`'],
  [{ every: "10ms" }, "schedule job: every 10ms is too often"],
  [{ every: "1h", cron: "0 9 * * *" }, "schedule job has `every` and `cron`. Keep one."],
  [{ cron: "every day" }, 'schedule job: "every day" is no cron pattern'],
  [{ cron: "0 9 * * *", timeZone: "Mars/Olympus" }, '"Mars/Olympus" is no time zone'],
] as const)("schedule with %j is refused, and schedules nothing", async ([options, text]) => {
  const error = await failureOf(object.recur("poll", options));

  expect(error).toMatchObject({ message: expect.stringContaining(text) });
  expect(await object.pending()).toEqual([]);
});
