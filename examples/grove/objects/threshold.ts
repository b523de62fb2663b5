import { Alarm, Loom, LoomError, type LoomErrorDef, type LoomRequestContext, Route, Rpc } from "loom-do";
import type { ThresholdCheck, ThresholdDecision } from "../types.ts";
import { GroveObject } from "./grove-object.ts";
import { Counters } from "./threshold/counters.ts";
import { answerBadRequest, CheckBody } from "./threshold/schemas.ts";

const tooManyKeys: LoomErrorDef = {
  ...{ code: "GROVE-THRESHOLD-001", status: 503, category: "admin" },
  userMessage: "Too many keys.",
  adminMessage: "One object has as many keys as it may: something other than its callers' own names goes into them.",
};

/** One user, address or site: how often it may do what. */
@Loom({ name: "ThresholdDO", invalid: answerBadRequest })
export class ThresholdDO extends GroveObject {
  readonly #counters = new Counters(this.sql);
  readonly #startedAt = Date.now();

  protected override schema() {
    return `CREATE TABLE IF NOT EXISTS rate_limits (
      key TEXT PRIMARY KEY, count INTEGER NOT NULL DEFAULT 0,
      window_start INTEGER NOT NULL, window_seconds INTEGER NOT NULL
    ) WITHOUT ROWID`;
  }

  /** Decides and counts in one step; a 503 when the object has no room for another key. */
  @Rpc({ args: [CheckBody] })
  check(check: ThresholdCheck): ThresholdDecision {
    const decision = this.#counters.check(check);
    if (!decision) throw new LoomError(tooManyKeys);
    if (decision.allowed) void this.alarms.ensureScheduled(this.sweep, "5m");
    return decision;
  }

  @Route("POST", "/check", { body: CheckBody })
  postCheck({ body }: LoomRequestContext<"/check", { body: typeof CheckBody }>) {
    return this.check(body);
  }

  @Route("GET", "/health")
  health() {
    return { status: "ok", counters: this.#counters.size, uptimeMs: Date.now() - this.#startedAt };
  }

  @Alarm("sweep")
  sweep() {
    if (this.#counters.sweep()) void this.alarms.schedule(this.sweep, "5m");
  }
}
