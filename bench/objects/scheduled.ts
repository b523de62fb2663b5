import { Alarm, LoomDO, type LoomRequestContext, Route } from "loom-do";
import { counted, rowsWritten } from "./counted.ts";

export { default } from "./entry.ts";

/** Named alarms, and the rows that setting and running them takes. */
export class Objects extends LoomDO {
  #whenRun: (() => void) | undefined;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(counted(ctx), env);
  }

  @Alarm("first") first() {}
  @Alarm("second") second() {}
  @Alarm("third") third() {}
  @Alarm("soon") soon() {}

  override async alarm(info?: AlarmInvocationInfo) {
    await super.alarm(info);
    this.#whenRun?.();
  }

  /** Schedules an alarm; the rows of it. */
  @Route("POST", "/schedule/:name/:delay")
  async schedule({ params: { name, delay } }: LoomRequestContext<"/schedule/:name/:delay">) {
    const before = rowsWritten(this.ctx);
    await this.alarms.schedule(name, Number(delay));
    return rowsWritten(this.ctx) - before;
  }

  @Route("POST", "/cancel/:name")
  async cancel({ params: { name } }: LoomRequestContext<"/cancel/:name">) {
    return await this.alarms.cancel(name);
  }

  /** Has an alarm run; the rows of the run alone. */
  @Route("POST", "/run")
  async run() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenRun = resolve;
    await this.alarms.schedule("soon", 1);
    const before = rowsWritten(this.ctx);
    await promise;
    return rowsWritten(this.ctx) - before;
  }
}
