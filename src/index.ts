export { type AlarmHandler, AlarmScheduler, type AlarmSchedulerOptions } from "./alarm/alone.ts";
export type { AlarmInput, AlarmOptions } from "./alarm/declared.ts";
export type { Missed } from "./alarm/series.ts";
export type { RecurrenceOptions } from "./alarm/recurrence.ts";
export type { FailedAlarm } from "./alarm/failures.ts";
export type {
  AlarmKey,
  AlarmListOptions,
  AlarmMethod,
  AlarmPayload,
  AlarmReference,
  PayloadOf,
  PendingAlarm,
  When,
} from "./alarm/schedule-types.ts";
export type { AlarmInfo, AlarmPolicy } from "./alarm/target.ts";
export { LoomDO } from "./base.ts";
export {
  type BatchedOptions,
  Batches,
  type BatchInfo,
  type BatchSink,
  type FailedBatch,
  type Overflow,
} from "./batch.ts";
export { Cache, type CacheOptions } from "./cache.ts";
export { LOOM_ERRORS, type LoomErrorKey } from "./catalogue.ts";
export { type EntryRange, PersistedList, PersistedMap, PersistedSet } from "./collections.ts";
export {
  type InvalidHook,
  type InvalidInput,
  LoomRequestContext,
  type LoomRoute,
  type Middleware,
  type Next,
  type RouteMethod,
  type RouteOptions,
  type RoutePath,
  type RouteSchemas,
} from "./http/context.ts";
export { milliseconds } from "./duration.ts";
export { isLoomError, LoomError, type LoomErrorOptions } from "./errors.ts";
export {
  type Fetchable,
  getLoomRPCStub,
  getLoomStub,
  getLoomStubById,
  type LoomCall,
  loomFetch,
  LoomFetchError,
  type LoomFetchInit,
  loomFetchJson,
  type LoomFetchJsonInit,
  type LoomStubOptions,
  type Namespace,
  newLoomStub,
} from "./factory.ts";
export { type LockMode, type LockOptions, PromiseLockMap } from "./lock.ts";
export { LoomLogger, type LogLevel, type LogOptions } from "./logger.ts";
export { bearer, type BearerOptions } from "./http/middleware/bearer.ts";
export { cors, type CorsOptions } from "./http/middleware/cors.ts";
export type { LoomOptions } from "./options.ts";
export type { PersistedOptions } from "./persistence/field.ts";
export { LoomResponse } from "./http/respond.ts";
export type { RpcOptions } from "./rpc.ts";
export type { SchemaInput, SchemaOutput, StandardSchema } from "./data/standard-schema.ts";
export {
  type JsonListOptions,
  JsonStore,
  type JsonValues,
  Keyset,
  type KeysetOptions,
  type KeysetPage,
  type KeysetQuery,
  safeJsonParse,
  type Savepoint,
  type SqlBinding,
  SqlHelper,
  type SqlHelperOptions,
  type SqlResult,
  type SqlRow,
  type TransactionMustBeSynchronous,
} from "./storage.ts";
export type { Duration, Frozen, GroveErrorDef, Issue, LoomErrorDef } from "./types.ts";
export type { InvalidMessage, InvalidMessageHook } from "./websocket/bad-message.ts";
export {
  type BroadcastOptions,
  type LoomSocket,
  type SocketAcceptOptions,
  type SocketEnd,
  type SocketLimits,
  type SocketMessage,
  type SocketOpenOptions,
  type SocketRate,
  type SocketSelection,
  WebSocketManager,
} from "./websocket.ts";
export { changed, type Draft, update } from "./update.ts";

export { Batched } from "../decorators/batched.ts";
export { Alarm } from "../decorators/alarm.ts";
export { Cached } from "../decorators/cached.ts";
export { Locked } from "../decorators/locked.ts";
export { Loom } from "../decorators/loom.ts";
export { Migration } from "../decorators/migration.ts";
export { OnSocketClose } from "../decorators/on-socket-close.ts";
export { OnSocketError } from "../decorators/on-socket-error.ts";
export { OnSocketMessage, type UncheckedMessage } from "../decorators/on-socket-message.ts";
export { OnSocketOpen } from "../decorators/on-socket-open.ts";
export { OnStart } from "../decorators/on-start.ts";
export { Persisted } from "../decorators/persisted.ts";
export { Route } from "../decorators/route.ts";
export { Rpc } from "../decorators/rpc.ts";
export { Use } from "../decorators/use.ts";
