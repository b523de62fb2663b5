import { Alarm, type AlarmInfo, LoomDO, type RecurrenceOptions } from "loom-do";
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

  @Alarm("report") report(_of: string) {}

  async subscribe(key: string) {
    const daily = { cron: "0 9 * * *", timeZone: "Europe/Berlin", missed: "skip" } as const;
    await this.alarms.schedule(this.report, daily, "all", { key });
    await this.alarms.schedule({ every: "1h" });
    expectTypeOf(this.alarms.ensureScheduled(this.report, { every: "1h" }, "all")).toEqualTypeOf<Promise<boolean>>();
    const [pending] = this.alarms.list(this.report);
    expectTypeOf(pending!.recurrence).toEqualTypeOf<RecurrenceOptions | undefined>();
    // @ts-expect-error: the method takes its payload
    await this.alarms.schedule(this.report, daily);
    // @ts-expect-error: no policy for missed times
    await this.alarms.schedule(this.report, { every: "1h", missed: "never" }, "all");
    // @ts-expect-error: no way to recur
    await this.alarms.schedule(this.report, { evry: "1h" }, "all");
  }

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
