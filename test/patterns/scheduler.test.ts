import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type HangingJobs, type Jobs, outside } from "../fixtures/patterns-plain.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

const start = Date.UTC(2030, 0, 1); // a Tuesday
const hour = 3_600_000;
let name: string;

beforeEach(() => {
  name = crypto.randomUUID();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Ran {
  readonly id: string;
  readonly payload: string;
  readonly attempt: number;
  readonly scheduledTime: number;
}

function ran(): Ran[] {
  return (outside.get(name)?.given ?? []) as Ran[];
}

async function runAt(object: DurableObjectStub, time: number): Promise<void> {
  vi.setSystemTime(time);
  await runDurableObjectAlarm(object);
}

test("jobs run at their time with their payload, and not before", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("late", new Date(start + 2 * hour), "two");
  await jobs.schedule("early", "1h", "one");

  await evictDurableObject(jobs);
  await runAt(jobs, start + hour);
  const first = ran().map(({ id }) => id);
  await runAt(jobs, start + 2 * hour);

  expect(first).toEqual(["early"]);
  expect(ran()).toEqual([
    { id: "early", payload: "one", attempt: 1, scheduledTime: start + hour },
    { id: "late", payload: "two", attempt: 1, scheduledTime: start + 2 * hour },
  ]);
  expect(await jobs.list()).toEqual([]);
});

test("a job that is scheduled again runs once, at the later call's time", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("mail", "1h", "old");
  await jobs.schedule("mail", "2h", "new");

  const pending = await jobs.list();
  await runAt(jobs, start + 2 * hour);

  expect(pending).toEqual([{ id: "mail", payload: "new", scheduledTime: new Date(start + 2 * hour), attempts: 0 }]);
  expect(ran().map(({ payload }) => payload)).toEqual(["new"]);
});

test("a cancelled job does not run, and cancel says whether there was one", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("mail", "1h");
  await jobs.cron("digest", "0 9 * * *");

  expect([await jobs.cancel("mail"), await jobs.cancel("digest"), await jobs.cancel("mail")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(await jobs.list()).toEqual([]);
});

test("a pattern runs its job again and again, by the clock of its zone", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);

  const first = await jobs.cron("digest", "0 9 * * MON-FRI", { timeZone: "Europe/Berlin", payload: "all" });
  const days = [1, 2, 3, 4].map((day) => Date.UTC(2030, 0, day, 8));
  for (const day of days) await runAt(jobs, day);

  expect(first).toEqual(new Date(days[0]!));
  expect(ran().map(({ payload }) => payload)).toEqual(["all", "all", "all", "all"]);
  const [next] = await jobs.list();
  expect(next).toEqual({
    id: "digest",
    payload: "all",
    scheduledTime: new Date(Date.UTC(2030, 0, 7, 8)), // the weekend is left out
    attempts: 0,
    cron: { pattern: "0 9 * * MON-FRI", timeZone: "Europe/Berlin" },
  });
});

test("times that passed while nothing could run are one late run", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.cron("poll", "*/10 * * * *");

  await runAt(jobs, start + 5 * hour + 1);

  expect(ran()).toHaveLength(1);
  expect((await jobs.list())[0]!.scheduledTime).toEqual(new Date(start + 5 * hour + 600_000));
});

test("a run that fails is tried again beside its pattern, and is one job in the list", async () => {
  capture();
  outside.set(name, { given: [], failures: 1 });
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.cron("poll", "0 * * * *", { payload: "p" });

  await runAt(jobs, start + hour);
  const between = await jobs.list({ limit: 1 });
  await runAt(jobs, start + hour + 60_000);

  expect(between).toMatchObject([{ id: "poll", payload: "p", attempts: 1, cron: { pattern: "0 * * * *" } }]);
  expect(between[0]!.scheduledTime.getTime()).toBeLessThan(start + hour + 60_000);
  expect(ran().map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect((await jobs.list())[0]!.scheduledTime).toEqual(new Date(start + 2 * hour));
});

test("a run that is still tried when the next is due gives way to it, and the log says so", async () => {
  const log = capture();
  outside.set(name, { given: [], failures: 100 });
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.cron("poll", "*/2 * * * * *");

  for (const second of [2, 3, 4]) await runAt(jobs, start + 1_000 * second);

  expect(log.lines.filter(({ isLast }) => isLast)).toContainEqual(
    expect.objectContaining({ key: "poll", hint: expect.stringContaining("It gives way to the next run") }),
  );
  await jobs.cancel("poll");
});

test("a run that is given up is kept with its error, and can be tried again", async () => {
  capture();
  outside.set(name, { given: [], failures: 6 });
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("mail", 0, "to ada");
  for (let round = 1; round <= 6; round += 1) await runAt(jobs, start + round * hour);

  const [failure] = await jobs.failed();
  const wasThere = await jobs.retry(failure!.failure);
  await runAt(jobs, start + 10 * hour);

  expect(failure).toMatchObject({ id: "mail", payload: "to ada", attempts: 6, error: "Error: the sink is away" });
  expect([wasThere, await jobs.retry(1), await jobs.failed()]).toEqual([true, false, []]);
  expect(ran()).toHaveLength(7);
});

test("one id is one job: a pattern takes the place of a time, and a time that of a pattern", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("a", "1h", "once");
  await jobs.cron("a", "0 0 * * *", { payload: "daily" });
  await jobs.cron("b", "0 0 * * *", { payload: "daily" });
  await jobs.schedule("b", "1h", "once");

  const pending = await jobs.list();

  expect(pending.map(({ id, payload, cron }) => [id, payload, cron?.pattern])).toEqual([
    ["b", "once", undefined],
    ["a", "daily", "0 0 * * *"],
  ]);
  for (const day of [2, 3]) await runAt(jobs, Date.UTC(2030, 0, day));
  expect(ran().map(({ id, payload }) => [id, payload])).toEqual([
    ["b", "once"],
    ["a", "daily"],
    ["a", "daily"],
  ]);
});

test("a failed run of a pattern can be tried again, as the same job, and its next time stays", async () => {
  capture();
  outside.set(name, { given: [], failures: 6 });
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.cron("digest", "0 0 * * *", { payload: "all" });
  const day = Date.UTC(2030, 0, 2);
  for (let hours = 0; hours < 6; hours += 1) await runAt(jobs, day + hours * hour);
  const [failure] = await jobs.failed();

  await jobs.retry(failure!.failure);
  await runAt(jobs, day + 10 * hour);

  expect(ran().at(-1)).toEqual({ id: "digest", payload: "all", attempt: 1, scheduledTime: day });
  expect(await jobs.list()).toMatchObject([{ id: "digest", scheduledTime: new Date(Date.UTC(2030, 0, 3)) }]);
});

test("a job that hangs holds no other", async () => {
  const jobs = objectOf<HangingJobs>("HangingJobs", name);
  await jobs.schedule("hangs", "1h");
  await jobs.schedule("other", "1h");

  await runAt(jobs, start + hour);

  expect(await jobs.list()).toEqual([]);
});

test("a job with a retry and a next time is one of the list", async () => {
  capture();
  outside.set(name, { given: [], failures: 1 });
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.schedule("far", "3h");
  await jobs.cron("poll", "0 * * * *");
  await runAt(jobs, start + hour);

  const pending = await jobs.list({ limit: 2 });

  expect(pending.map(({ id, attempts }) => [id, attempts])).toEqual([
    ["poll", 1],
    ["far", 0],
  ]);
});

test("a run that comes early stands for its time", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  await jobs.cron("poll", "0 * * * *");

  await runAt(jobs, start + hour - 1);

  expect(ran()).toHaveLength(1);
  expect((await jobs.list())[0]!.scheduledTime).toEqual(new Date(start + 2 * hour));
});

test("list gives as many as it is asked for, the earliest first", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  for (const hours of [3, 1, 2]) await jobs.schedule(`job ${hours}`, `${hours}h`);

  expect((await jobs.list({ limit: 2 })).map(({ id }) => id)).toEqual(["job 1", "job 2"]);
});

test.for([
  ["", "1h"],
  ["x".repeat(513), "1h"],
  ["mail", "soon"],
  ["mail", new Date(Number.NaN)],
] as const)("schedule(%s, %s) is refused, and schedules nothing", async ([id, when]) => {
  const jobs = objectOf<Jobs>("Jobs", name);

  const error = await failureOf(jobs.schedule(id, when as "1h"));

  expect(error).toMatchObject({ code: expect.stringMatching(/GROVE-LOOM-0(24|50|80)/) });
  expect(await jobs.list()).toEqual([]);
});

test.for([
  ["every day", "UTC"],
  ["0 9 * * *", "Mars/Olympus"],
  ["0 0 30 2 *", "UTC"],
])("the pattern %s in %s is a 400 that says why", async ([pattern, timeZone]) => {
  const jobs = objectOf<Jobs>("Jobs", name);

  const error = await failureOf(jobs.cron("digest", pattern!, { timeZone: timeZone! }));

  expect(error).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
});

test("a job costs two rows and two to run, one of a pattern two and three a run", async () => {
  const jobs = objectOf<Jobs>("Jobs", name);
  const rows: number[] = [await jobs.rowsWritten()];
  const steps = [
    () => jobs.schedule("once", "30m"),
    () => runAt(jobs, start + hour / 2),
    () => jobs.cron("hourly", "0 * * * *"),
    () => runAt(jobs, start + hour),
    () => runAt(jobs, start + 2 * hour),
  ];

  for (const step of steps) {
    await step();
    rows.push(await jobs.rowsWritten());
  }

  expect(rows.slice(1).map((total, step) => total - rows[step]!)).toEqual([2, 2, 2, 3, 3]);
});

test("run and the alarms are not callable over RPC", async () => {
  const jobs = objectOf<Jobs>("Jobs", name) as unknown as Record<string, () => Promise<unknown>>;

  for (const member of ["run", "runJob"]) {
    expect(await failureOf(jobs[member]!())).toMatchObject({ message: expect.stringContaining("does not implement") });
  }
});
