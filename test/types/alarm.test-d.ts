import { expectTypeOf } from "vitest";
import { z } from "zod";
import { Alarm } from "../../decorators/alarm.ts";
import type { AlarmInfo } from "../../src/alarm/target.ts";
import { LoomDO } from "../../src/base.ts";
import type { AlarmListOptions, AlarmPayload, FailedAlarm, PendingAlarm } from "../../src/index.ts";

interface Env {
  readonly TITLE: string;
}

const Mail = z.object({ to: z.string(), size: z.coerce.number() });

export class Right extends LoomDO<unknown, Env> {
  @Alarm bare() {}
  @Alarm("nothing") nothing() {}
  @Alarm("typed", { retries: 2, backoff: "5s", timeout: 1_000, parallel: 4 }) async typed(to: string, info: AlarmInfo) {
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

interface Guest {
  readonly to: string;
  readonly on: Date;
}

export class Asked extends LoomDO<unknown, Env> {
  @Alarm("invite") invite(_guest: Guest) {}
  @Alarm("checked", { schema: Mail }) checked(_mail: z.output<typeof Mail>) {}
  @Alarm("untold") untold(_payload: unknown) {}

  pending() {
    return this.alarms.list();
  }
  failures(options: AlarmListOptions) {
    return this.alarms.failed(options);
  }
  invitations() {
    return this.alarms.list(this.invite, { limit: 5 });
  }
  failedInvitations() {
    return this.alarms.failed(this.invite);
  }
  checkedOnes() {
    return this.alarms.failed(this.checked);
  }
  untoldOnes() {
    return [...this.alarms.list(this.untold), ...this.alarms.list("untold")];
  }
}

/** Listed over RPC, as callers of an object see it. */
export async function ask(object: DurableObjectStub<Asked>) {
  const [pending] = await object.pending();
  expectTypeOf(pending!).toEqualTypeOf<PendingAlarm>();
  expectTypeOf(pending!.payload).toEqualTypeOf<AlarmPayload>();
  const [failure] = await object.failures({ limit: 1 });
  expectTypeOf(failure!).toEqualTypeOf<FailedAlarm>();
  const [invitation] = await object.invitations();
  expectTypeOf(invitation!.payload).toEqualTypeOf<Guest>();
  const [refused] = await object.failedInvitations();
  expectTypeOf(refused!.payload.on).toEqualTypeOf<Date>();
  const [checked] = await object.checkedOnes();
  expectTypeOf(checked!.payload.size).toEqualTypeOf<number>();
  const [untold] = await object.untoldOnes();
  expectTypeOf(untold!.payload).toEqualTypeOf<AlarmPayload<Asked["untold"]>>();
  // @ts-expect-error nobody says that it is text
  untold!.payload.length;
}
