import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { AlarmedSaving } from "../fixtures/alarm.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { delivery, gate, inside } from "./support.ts";

const anHour = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("what is due by the clock or by the platform's time runs, the rest stays", async () => {
  await inside(async (object) => {
    const now = Date.now();
    object.scheduler.schedule("greet", new Date(now + anHour));
    object.scheduler.schedule("mail", new Date(now + anHour + 1));

    await object.alarm(delivery(now + anHour));

    expect(object.runs.map(({ name }) => name)).toEqual(["greet"]);
    expect(await object.storage.getAlarm()).toBe(now + anHour + 1);
  });
});

test("without the platform's word the earliest alarm runs, those of the same time with it", async () => {
  await inside(async (object) => {
    const due = new Date(Date.now() + anHour);
    object.scheduler.schedule("greet", due);
    object.scheduler.schedule("mail", due);
    object.scheduler.schedule("once", "2h");

    await object.alarm();

    expect(object.runs.map(({ name }) => name).toSorted()).toEqual(["greet", "mail"]);
  });
});

test("handlers of different names run side by side, those of one name one after the other", async () => {
  await inside(async (object) => {
    const first = gate();
    const log: string[] = [];
    object.act = async (name, payload) => {
      log.push(`${name} ${payload} starts`);
      if (payload === 1) await first.promise;
      log.push(`${name} ${payload} ends`);
      if (name === "once") first.resolve(undefined);
    };
    object.scheduler.schedule("greet", 0, 1, { key: "1" });
    object.scheduler.schedule("greet", 0, 2, { key: "2" });
    object.scheduler.schedule("once", 0, 0);

    await object.alarm(delivery());

    expect(log).toEqual([
      ...["greet 1 starts", "once 0 starts", "once 0 ends"],
      ...["greet 1 ends", "greet 2 starts", "greet 2 ends"],
    ]);
  });
});

test("an alarm that becomes due while a handler runs is started, not left to the next call", async () => {
  await inside(async (object) => {
    const slow = gate();
    object.act = (name) => {
      if (name === "greet") return slow.promise;
      return slow.resolve(undefined);
    };
    object.scheduler.schedule("greet", 0);
    object.scheduler.schedule("once", 20);

    await object.alarm(delivery());

    expect(object.runs.map(({ name }) => name)).toEqual(["greet", "once"]);
    expect(object.scheduler.list()).toEqual([]);
  });
});

// Trap 5: a handler runs beside other events.
test("an alarm scheduled from outside while a handler runs is started, too", async () => {
  await inside(async (object) => {
    const slow = gate();
    object.act = (name) => (name === "greet" ? slow.promise : slow.resolve(undefined));
    object.scheduler.schedule("greet", 0);

    const running = object.alarm(delivery());
    await Promise.resolve();
    object.scheduler.schedule("once", 0);
    await running;

    expect(object.runs.map(({ name }) => name)).toEqual(["greet", "once"]);
  });
});

test("a handler that throws is tried again, doubling its wait, then kept with its error", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
    object.act = () => Promise.reject(new Error("no post today"));
    object.scheduler.schedule("mail", 0, { to: "ada" }, { key: "7" });
    const waits: number[] = [];

    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await object.alarm(delivery());
      const next = object.scheduler.getScheduledTime("mail", { key: "7" })!;
      waits.push(next - Date.now());
      vi.setSystemTime(next);
    }
    await object.alarm(delivery());

    expect(waits[0]).toBeGreaterThanOrEqual(500);
    expect(waits[0]).toBeLessThanOrEqual(1_000);
    expect(waits[1]).toBeGreaterThanOrEqual(1_000);
    expect(waits[1]).toBeLessThanOrEqual(2_000);
    await object.storage.deleteAlarm(); // set in the past of the platform's own clock
    expect(object.runs.map(({ attempt, scheduledTime }) => [attempt, scheduledTime])).toEqual([
      [1, 1_000_000],
      [2, 1_000_000],
      [3, 1_000_000],
    ]);
    expect(object.scheduler.list()).toEqual([]);
    const [failure] = object.scheduler.failed();
    expect(failure).toEqual({
      id: expect.any(Number),
      name: "mail",
      key: "7",
      payload: { to: "ada" },
      error: "Error: no post today",
      attempts: 3,
      scheduledTime: new Date(1_000_000),
      failedAt: new Date(),
    });
    expect(lines.map(({ code, alarm, attempt }) => [code, alarm, attempt])).toEqual([
      ["GROVE-LOOM-051", "mail", 1],
      ["GROVE-LOOM-051", "mail", 2],
      ["GROVE-LOOM-051", "mail", 3],
    ]);
    // Not its payload: that may name a person.
    expect(JSON.stringify(lines)).not.toContain("ada");
  });
});

test("a failed alarm that is retried runs again with all its tries", async () => {
  capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("once", 0, "payload");
    await object.alarm(delivery());
    const [failure] = object.scheduler.failed();
    object.act = () => undefined;

    expect(await object.scheduler.retry(failure!.id)).toBe(true);
    expect(await object.scheduler.retry(failure!.id)).toBe(false);
    await object.alarm(delivery());

    expect(object.runs.map(({ payload, attempt }) => [payload, attempt])).toEqual([
      ["payload", 1],
      ["payload", 1],
    ]);
    expect(object.scheduler.failed()).toEqual([]);
  });
});

test("a failed alarm is not put back over one that was scheduled since", async () => {
  capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("once", 0, "old");
    await object.alarm(delivery());
    object.scheduler.schedule("once", anHour, "new");

    expect(() => object.scheduler.retry(object.scheduler.failed()[0]!.id)).toThrow(
      'GROVE-LOOM-050: retry: The alarm "once" has been scheduled anew. Cancel that first, or leave it to run.',
    );
    expect(object.scheduler.failed()).toHaveLength(1);
    expect(object.scheduler.list()).toMatchObject([{ payload: "new" }]);
  });
});

test("a handler that hangs is told, counted as failed, and holds nothing but its own name", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    const hang = gate();
    const seen: unknown[] = [];
    object.act = (name, _payload, { signal }) => {
      if (name !== "mail") return seen.push(name);
      signal.addEventListener("abort", () => void seen.push(signal.reason.message));
      return hang.promise;
    };
    object.scheduler.schedule("mail", 0, 1, { key: "1" });
    object.scheduler.schedule("mail", 0, 2, { key: "2" });
    object.scheduler.schedule("greet", 10);

    await object.alarm(delivery());

    const late = 'GROVE-LOOM-051: The alarm "mail" ran longer than 50 ms.';
    expect(seen).toEqual(["greet", late]);
    expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "mail", cause: { message: late } }]);
    // The second is due, and its name is taken: the platform is to ask again later, not at once.
    expect(object.scheduler.list()).toMatchObject([{ key: "2" }, { key: "1", attempts: 1 }]);
    expect(await object.storage.getAlarm()).toBeGreaterThan(Date.now() + 50_000);

    hang.resolve(undefined);
    await vi.waitFor(() => expect(object.runs.map(({ payload }) => payload)).toContain(2));
  });
});

test("a schedule made by a handler that then throws is kept", async () => {
  capture();
  await inside(async (object) => {
    object.act = () => {
      object.scheduler.schedule("greet", "1h", "mine");
      object.scheduler.schedule("once", "1h", "another's");
      throw new Error("too late");
    };
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery());

    expect(object.scheduler.list()).toMatchObject([
      { name: "greet", payload: "mine", attempts: 0 },
      { name: "once", payload: "another's" },
    ]);
    expect(object.scheduler.isPending("greet")).toBe(true);
    expect(object.scheduler.failed()).toEqual([]);
  });
});

test("a handler that schedules itself for the very time it runs at runs again", async () => {
  await inside(async (object) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    object.act = (_name, payload) => void (payload === 1 && object.scheduler.schedule("greet", 0, 2));
    object.scheduler.schedule("greet", 0, 1);

    await object.alarm(delivery());

    expect(object.runs.map(({ payload }) => payload)).toEqual([1, 2]);
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("an alarm that is cancelled while its handler runs stays away, whatever becomes of the run", async () => {
  capture();
  await inside(async (object) => {
    object.act = async (name) => {
      await object.scheduler.cancel(name);
      if (name !== "greet") throw new Error("no");
    };
    object.scheduler.schedule("greet", 0);
    object.scheduler.schedule("mail", 0);
    object.scheduler.schedule("once", 0);

    await object.alarm();

    expect(object.runs).toHaveLength(3);
    expect(object.scheduler.list()).toEqual([]);
    expect(object.scheduler.failed()).toEqual([]);
    expect(await object.storage.getAlarm()).toBeNull();
  });
});

test("while it runs an alarm is not pending, so that its handler can ensure the next", async () => {
  await inside(async (object) => {
    const pending: boolean[] = [];
    object.act = () => void pending.push(object.scheduler.isPending("greet"));
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery());

    expect(pending).toEqual([false]);
  });
});

test("an alarm whose handler is gone is kept among the failures", async () => {
  capture();
  await inside(async (object) => {
    object.scheduler.schedule("greet", 0, "payload");
    object.storage.sql.exec("UPDATE loom_alarms SET key = 'gone', name = 'gone'");

    await object.alarm(delivery());

    expect(object.scheduler.failed()).toMatchObject([
      { name: "gone", payload: "payload", error: expect.stringContaining('"gone" has no handler in this version') },
    ]);
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("a thousand due alarms of one name run in one call, each once", async () => {
  await inside(async (object) => {
    for (let id = 0; id < 1_000; id += 1) object.scheduler.schedule("greet", 0, id, { key: String(id) });

    await object.alarm(delivery());

    expect(new Set(object.runs.map(({ payload }) => payload)).size).toBe(1_000);
    expect(object.runs).toHaveLength(1_000);
  });
});

// A row is still there while its handler runs: whatever the handler writes must not have it found again.
test("a handler that schedules another alarm before it waits for anything runs once", async () => {
  await inside(async (object) => {
    object.act = (name) => void (name === "greet" && object.scheduler.schedule("once", 0));
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery());

    expect(object.runs.map(({ name }) => name)).toEqual(["greet", "once"]);
  });
});

test("an alarm is kept until what its handler changed is saved", async () => {
  const stub = objectOf<AlarmedSaving>("AlarmedSaving");
  await runInDurableObject(stub, async (object: AlarmedSaving, { storage }) => {
    const rowsLeft = () => storage.sql.exec("SELECT * FROM loom_alarms").toArray().length;
    object.scheduler.schedule("count", 0);
    const running = object.alarm(delivery());
    await new Promise((resolve) => setTimeout(resolve));
    expect(rowsLeft()).toBe(1);

    AlarmedSaving.saved.resolve();
    await running;

    expect(storage.kv.get("count")).toBe(1);
    expect(rowsLeft()).toBe(0);
  });
});
