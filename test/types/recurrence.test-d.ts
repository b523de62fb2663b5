import { Alarm, type AlarmInfo, LoomDO } from "loom-do";
import { nextRun } from "loom-do/cron";
import { expectTypeOf } from "vitest";

export class Recurring extends LoomDO {
  @Alarm("hourly", { every: "1h", missed: "all", retries: 2 }) hourly(
    _payload: undefined,
    { scheduledTime }: AlarmInfo,
  ) {
    expectTypeOf(scheduledTime).toEqualTypeOf<Date>();
    return false;
  }

  @Alarm("nine", { cron: "0 9 * * *", timeZone: "Europe/Berlin", missed: "skip" }) async nine() {
    this.alarms.start();
    this.alarms.start(this.hourly);
    this.alarms.start("nine");
  }

  @Alarm({ every: 60_000 }) unnamed() {}

  // @ts-expect-error: no length of time
  @Alarm("soon", { every: "soon" }) soon() {}

  // @ts-expect-error: no policy for missed times
  @Alarm("never", { every: "1h", missed: "never" }) never() {}

  async save() {
    this.markDirty();
    await this.persistIfDirty();
    await this.persistIfDirty(30_000);
    await this.persistIfDirty("30s");
    // @ts-expect-error: no length of time
    await this.persistIfDirty("soon");
  }
}

expectTypeOf(nextRun("0 9 * * *")).toEqualTypeOf<Date>();
expectTypeOf(nextRun).toBeCallableWith("0 9 * * *", { timeZone: "Europe/Berlin", after: 0 });
expectTypeOf(nextRun).toBeCallableWith("0 9 * * *", { after: new Date() });
// @ts-expect-error: the pattern is a text
nextRun(9);
