import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { AlarmedAlone, AlarmedByHook } from "../fixtures/alarm.ts";
import { thrownBy } from "../storage/inside.ts";
import { objectOf } from "../support.ts";

test("the scheduler works alone in an object that is no LoomDO", async () => {
  const stub = objectOf<AlarmedAlone>("AlarmedAlone");
  await runInDurableObject(stub, async ({ alarms }: AlarmedAlone) => {
    expect(await alarms.ensureScheduled(60_000)).toBe(true);
    expect(await alarms.ensureScheduled(60_000)).toBe(false);
    await alarms.schedule("greet", "1m", "ada", { key: "a" });
  });

  await runDurableObjectAlarm(stub);
  await runDurableObjectAlarm(stub);

  await runInDurableObject(stub, ({ alarms, runs }: AlarmedAlone) => {
    expect(runs).toEqual(expect.arrayContaining([[""], ["greet", "ada", 1, "a"]]));
    expect(alarms.list()).toEqual([]);
    expect(thrownBy(() => alarms.schedule("nobody", 0)).message).toBe(
      'GROVE-LOOM-050: schedule: no alarm is called "nobody". Put @Alarm on a method. There are "greet".',
    );
  });
});

test("what is scheduled to recur does so in an object that is no LoomDO", async () => {
  const stub = objectOf<AlarmedAlone>("AlarmedAlone");
  const scheduledTime = await runInDurableObject(stub, async ({ alarms }: AlarmedAlone) => {
    await alarms.schedule("greet", { every: "1h" }, "ada");
    return alarms.getScheduledTime("greet")!;
  });

  await runDurableObjectAlarm(stub);

  await runInDurableObject(stub, ({ alarms, runs }: AlarmedAlone) => {
    expect(runs).toEqual([["greet", "ada", 1, undefined]]);
    expect(alarms.getScheduledTime("greet")).toBe(scheduledTime + 3_600_000);
  });
});

test("the hook of the plan does not recur: only what has @Alarm does", async () => {
  await runInDurableObject(objectOf<AlarmedByHook>("AlarmedByHook"), ({ scheduler }: AlarmedByHook) => {
    const { message } = thrownBy(() => scheduler.schedule({ every: "1h" }));

    expect(message).toBe(
      "GROVE-LOOM-050: schedule the unnamed alarm: only what has @Alarm recurs. Put it on the method.",
    );
  });
});
