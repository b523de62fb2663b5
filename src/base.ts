import { DurableObject } from "#platform";
import type { AlarmScheduler } from "./alarm/alone.ts";
import type { Batches } from "./batch.ts";
import { blueprintOf } from "./blueprint.ts";
import type { Cache } from "./cache.ts";
import { milliseconds } from "./duration.ts";
import type { LoomRoute } from "./http/context.ts";
import { answer } from "./object/answer.ts";
import { type Internals, internals } from "./object/internals.ts";
import { lazyTools } from "./object/lazy-tools.ts";
import type { PromiseLockMap } from "./lock.ts";
import type { LoomLogger } from "./logger.ts";
import { brandClass } from "./metadata.ts";
import { Fields } from "./persistence/fields.ts";
import { StateRecord } from "./persistence/record.ts";
import { Turn } from "./persistence/turn.ts";
import { errorResponse } from "./http/respond.ts";
import { Savepoints } from "./object/savepoints.ts";
import { Start } from "./object/start.ts";
import type { JsonStore, SqlHelper } from "./storage.ts";
import type { Duration } from "./types.ts";
import type { WebSocketManager } from "./websocket.ts";
import { handleClose, handleError, handleMessage } from "./websocket/handle.ts";

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
  /** Named alarms, any number of them, on the platform's one. */
  declare protected readonly alarms: AlarmScheduler;
  /** Items collected for @Batched methods. */
  declare protected readonly batches: Batches;
  /** The object's hibernating sockets. */
  declare protected readonly sockets: WebSocketManager;
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
    const savepoints = new Savepoints(fields);
    const record = new StateRecord(this, turn);
    const arming = blueprint.recurrences[0]?.armingOf(this, blueprint.recurrences);
    if (arming) savepoints.add(arming);
    this[internals] = { blueprint, turn, fields, record, start, savepoints, arming, http: undefined };
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

  /**
   * Saves `state_data` now if it is marked; resolves when `persistState` is done.
   *
   * With `minInterval` a save that would follow the last one sooner is put off to its end, if it is called in the turn
   * of `markDirty()`. Until then the change is in memory alone: the object is held there and an alarm saves it, but a
   * crash or a deploy takes at most that interval back.
   */
  protected persistIfDirty(minInterval: Duration = 0): Promise<void> {
    return this[internals].record.persistIfDirty(milliseconds(minInterval, "persistIfDirty"));
  }

  /** Runs the unnamed alarm. */
  protected onAlarm?(): void | Promise<void>;

  /** Takes every message that no @OnSocketMessage takes. */
  protected onWebSocketMessage?(socket: WebSocket, message: string | ArrayBuffer): void | Promise<void>;

  /** Runs when a socket has closed. */
  // oxlint-disable-next-line max-params -- the platform's own four
  protected onWebSocketClose?(socket: WebSocket, code: number, reason: string, wasClean: boolean): void | Promise<void>;

  /** Runs when a socket has failed. */
  protected onWebSocketError?(socket: WebSocket, error: unknown): void | Promise<void>;

  /** Runs the alarms that are due. */
  override alarm(info?: AlarmInvocationInfo): void | Promise<void> {
    return this.alarms.handle(info);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void | Promise<void> {
    return handleMessage(this, socket, message);
  }

  // oxlint-disable-next-line max-params -- the platform's own four
  override webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean): void | Promise<void> {
    return handleClose(this, socket, { code, reason, wasClean });
  }

  override webSocketError(socket: WebSocket, error: unknown): void | Promise<void> {
    return handleError(this, socket, error);
  }

  /** Answers a request by the class's routes. */
  override fetch(request: Request): Response | Promise<Response> {
    const waiting = this[internals].start.enter();
    // Not by `this.fetch`: an override that calls this method must not run again.
    return waiting === undefined ? answer(this, request) : waiting.then(() => answer(this, request), errorResponse);
  }
}

brandClass(LoomDO);
