import { DurableObject } from "#platform";
import { blueprintOf } from "./blueprint.ts";
import type { Cache } from "./cache.ts";
import type { LoomRoute } from "./http/context.ts";
import type { Http } from "./http/dispatch.ts";
import { hooksOf } from "./object/hooks.ts";
import { type Internals, internals } from "./object/internals.ts";
import { lazyTools } from "./object/lazy-tools.ts";
import type { PromiseLockMap } from "./lock.ts";
import type { LoomLogger } from "./logger.ts";
import { brandClass } from "./metadata.ts";
import { Fields } from "./persistence/fields.ts";
import { StateRecord } from "./persistence/record.ts";
import { Turn } from "./persistence/turn.ts";
import { errorResponse } from "./http/respond.ts";
import { Start } from "./object/start.ts";
import type { JsonStore, SqlHelper } from "./storage.ts";
import type { AnyLoomDO } from "./types.ts";

/**
 * A Durable Object whose routes, RPC methods, persisted fields, migrations and locks are declared on the class.
 *
 * @example
 * ```ts
 * export class Counter extends LoomDO {
 *   @Persisted accessor value = 0;
 *
 *   @Route("POST", "/increment")
 *   increment() { return { value: ++this.value }; }
 * }
 * ```
 */
export abstract class LoomDO<TState = unknown, TEnv = Cloudflare.Env> extends DurableObject<TEnv> {
  /** Structured log lines, tagged with the object's name, id and the event's correlation id. */
  declare protected readonly log: LoomLogger;
  /** Named locks that live as long as this wake. */
  declare protected readonly locks: PromiseLockMap;
  /** What @Cached methods remember. */
  declare protected readonly cache: Cache;
  /** SQL with safe bindings, typed rows and transactions. */
  declare protected readonly sql: SqlHelper;
  /** JSON values by key, in a table made on first write. */
  declare protected readonly store: JsonStore;
  /** Loom's own; no RPC caller can name a symbol. */
  readonly [internals]: Internals;

  constructor(ctx: DurableObjectState, env: TEnv) {
    super(ctx, env);
    const blueprint = blueprintOf(new.target);
    Object.defineProperties(this, lazyTools);
    Object.defineProperties(this, blueprint.surface.hidden);
    const turn = new Turn(this);
    const fields = new Fields(this, ctx.storage.kv, turn);
    const start = new Start(this, blueprint);
    this[internals] = { blueprint, turn, fields, record: new StateRecord(this, turn), start, http: undefined };
    start.begin();
  }

  /** The object's state record: loaded before any event, saved with `markDirty()`. */
  protected get state_data(): TState | null {
    return this[internals].record.value as TState | null;
  }

  protected set state_data(value: TState | null) {
    this[internals].record.value = value;
  }

  /** SQL that makes the tables; runs when its text changed, before the subclass has fields. */
  protected schema?(): string;

  /** Routes beside those of decorators; asked once an object. */
  protected routes?(): readonly LoomRoute[];

  /** Loads `state_data` once a wake, before any event. */
  protected loadState?(): TState | null | Promise<TState | null>;

  /** Saves `state_data`; without it the record is kept in a row of its own. */
  protected persistState?(): void | Promise<void>;

  /** Has `state_data` saved at the end of the turn. */
  protected markDirty(): void {
    this[internals].record.markDirty();
  }

  /** Saves `state_data` now if it is marked; resolves when `persistState` is done. */
  protected persistIfDirty(): Promise<void> {
    return this[internals].record.persistIfDirty();
  }

  /** Answers a request by the class's routes. */
  override fetch(request: Request): Response | Promise<Response> {
    const waiting = this[internals].start.enter();
    // Not by `this.fetch`: an override that calls this method must not run again.
    return waiting === undefined ? answer(this, request) : waiting.then(() => answer(this, request), errorResponse);
  }
}

brandClass(LoomDO);

function answer(object: AnyLoomDO, request: Request): Response | Promise<Response> {
  const { record } = object[internals];
  const response = httpOf(object).handle(object, request);
  return record.savesItself ? record.settle(response) : response;
}

/** The class's routes, and those of the object's own `routes()`; one that fails answers every request with 500. */
function httpOf(object: AnyLoomDO): Http {
  const own = object[internals];
  if (own.http) return own.http;
  const { http } = own.blueprint;
  try {
    own.http = http.with(hooksOf(object).routes?.() ?? []);
  } catch (error) {
    own.http = http.failing(error);
  }
  return own.http;
}
