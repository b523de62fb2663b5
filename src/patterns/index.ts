export { WebSocketRoom } from "./websocket-room.ts";
export type { RoomIdentity, RoomMember } from "./room/member.ts";
export type { RoomSocket } from "./room/seats.ts";
export { DistributedLock } from "./distributed-lock.ts";
export { type HeldLease, type HoldOptions, withDistributedLock } from "./distributed-lock/hold.ts";
export type { AcquireOptions, Lease } from "./distributed-lock/lease.ts";
export { type Leader, LeaderElection } from "./leader-election.ts";
export { RateLimiter } from "./rate-limiter.ts";
export { rateLimited, rateLimitHeaders } from "./rate-limiter/answer.ts";
export { checkRateLimit, type RateCheck, type RateLimitOptions } from "./rate-limiter/ask.ts";
export type { Keyed, LeakCheck, TokenCheck, WindowCheck } from "./rate-limiter/checks.ts";
export type { RateDecision, RateState, RateVerdict } from "./rate-limiter/decision.ts";
export { type FixedWindow, fixedWindow, type WindowLimit } from "./rate-limiter/fixed-window.ts";
export { type LeakDecision, leakyBucket, type LeakLimit } from "./rate-limiter/leaky-bucket.ts";
export { type SlidingWindow, slidingWindow } from "./rate-limiter/sliding-window.ts";
export { type TokenBucket, tokenBucket, type TokenLimit } from "./rate-limiter/token-bucket.ts";
export { BaseDurableObject } from "./base-durable-object.ts";
export type { ListRange } from "./user-keys.ts";
export { Counter } from "./counter.ts";
export { ShardedCounter, type ShardedCounterOptions } from "./sharded-counter.ts";
export { EventAggregator, type LostBatch } from "./event-aggregator.ts";
export { type BatchId, type QueuedEvent, sendToD1, sendToHttp, sendToQueue } from "./sinks.ts";
export { Metrics, Metrics as MetricsDurableObject } from "./metrics.ts";
export { type PointWriter, sendToAnalyticsEngine } from "./metrics/points.ts";
export type {
  MetricDefinition,
  MetricLabels,
  MetricOptions,
  MetricPoint,
  MetricRecord,
  MetricType,
} from "./metrics/types.ts";
export { Scheduler } from "./scheduler.ts";
export type { Cron, CronOptions, FailedJob, Job, PendingJob } from "./scheduler/job.ts";
