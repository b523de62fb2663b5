import { Alarms } from "../alarm.ts";
import { LoomLogger } from "../logger.ts";
import type { AlarmHost } from "./host.ts";
import { whereOf } from "./key.ts";
import { recurring } from "./recurring.ts";
import type { AlarmInfo, AlarmTarget } from "./target.ts";

/** What runs an alarm in an object that is no LoomDO. */
// `any`: each handler knows its own payload.
export type AlarmHandler = (payload: any, info: AlarmInfo) => unknown;

/** What alarms need beside the object's `ctx` when it is no LoomDO. */
export interface AlarmSchedulerOptions {
  /** What runs each alarm, by name; `""` is the unnamed one. */
  readonly handlers?: Readonly<Record<string, AlarmHandler>>;
  /** Where failures are written. @default the console */
  readonly log?: Pick<LoomLogger, "warn" | "loomError">;
}

/** The alarms of a LoomDO as `this.alarms`; of any other object made on its `ctx`, with its handlers. */
export class AlarmScheduler extends Alarms {
  constructor(ctx: DurableObjectState, options: AlarmSchedulerOptions = {}) {
    super(plainHost(ctx, options));
  }
}

/** Any other object as its alarms see it. */
function plainHost(ctx: DurableObjectState, options: AlarmSchedulerOptions): AlarmHost {
  const log = options.log ?? new LoomLogger("AlarmScheduler", ctx.id.toString());
  return {
    object: undefined as never, // its handlers are functions of their own
    storage: ctx.storage,
    targets: new Map(
      Object.entries(options.handlers ?? {}).map(([name, handler]) => [name, plainTarget(name, handler)]),
    ),
    log,
    enter: () => undefined,
    fail: (cause) => ctx.abort(`The platform refused an alarm: ${String(cause)}`),
    noteWrite: () => {},
    remember: () => {},
    settle: (outcome) => outcome,
  };
}

function plainTarget(name: string, handler: AlarmHandler): AlarmTarget {
  const run: AlarmTarget["run"] = (_object, payload, info) => handler(payload, info);
  return recurring({ name, policy: {}, run, handlerOf: () => handler }, {}, whereOf(name));
}
