import { expectTypeOf } from "vitest";
import { z } from "zod";
import { Alarm } from "../../decorators/alarm.ts";
import type { AlarmInfo } from "../../src/alarm/target.ts";
import { LoomDO } from "../../src/base.ts";

interface Env {
  readonly TITLE: string;
}

const Mail = z.object({ to: z.string(), size: z.coerce.number() });

export class Right extends LoomDO<unknown, Env> {
  @Alarm bare() {}
  @Alarm("nothing") nothing() {}
  @Alarm("typed", { retries: 2, backoff: "5s", timeout: 1_000 }) async typed(to: string, info: AlarmInfo) {
    expectTypeOf(info.signal).toEqualTypeOf<AbortSignal>();
    return to.length;
  }
  @Alarm("optional") optional(_to?: string) {}
  @Alarm("checked", { schema: Mail }) checked(mail: z.output<typeof Mail>) {
    return mail.size;
  }
  @Alarm("hidden") #hidden(_id: number) {}

  async plan() {
    expectTypeOf(this.alarms.schedule("5m")).toEqualTypeOf<Promise<void>>();
    expectTypeOf(this.alarms.ensureScheduled(new Date())).toEqualTypeOf<Promise<boolean>>();
    await this.alarms.schedule(this.nothing, 1_000);
    await this.alarms.schedule(this.nothing, 1_000, undefined, { key: "a" });
    await this.alarms.schedule(this.typed, "1h", "ada", { key: "a" });
    await this.alarms.ensureScheduled(this.optional, "1h");
    await this.alarms.schedule(this.#hidden, "1h", 5);
    await this.alarms.schedule("by name", "1h", { any: "data" });
    expectTypeOf(this.alarms.isPending(this.typed, { key: "a" })).toEqualTypeOf<boolean>();
    expectTypeOf(this.alarms.getScheduledTime()).toEqualTypeOf<number | null>();
  }

  async misplan() {
    // @ts-expect-error the method takes a string
    await this.alarms.schedule(this.typed, "1h", 5);
    // @ts-expect-error the method needs its payload
    await this.alarms.schedule(this.typed, "1h");
    // @ts-expect-error the method takes none
    await this.alarms.schedule(this.nothing, "1h", "payload");
    // @ts-expect-error this is no length of time
    await this.alarms.schedule(this.nothing, "soon");
    // @ts-expect-error a key is text
    await this.alarms.schedule(this.nothing, 0, undefined, { key: 5 });
  }
}

export class Wrong extends LoomDO<unknown, Env> {
  // @ts-expect-error the schema makes something else
  @Alarm("checked", { schema: Mail }) checked(_mail: { from: string }) {}
  // @ts-expect-error static members belong to no object
  @Alarm("shared") static shared() {}
  // @ts-expect-error a field is no method
  @Alarm("field") field = 1;
  // @ts-expect-error a handler is given a payload and an info
  @Alarm("more") more(_payload: string, _info: AlarmInfo, _more: string) {}
}

export class Other {
  // @ts-expect-error the class does not extend LoomDO
  @Alarm("a") run() {}
}
