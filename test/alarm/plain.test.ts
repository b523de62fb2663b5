import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { AlarmedAlone } from "../fixtures/alarm.ts";
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
