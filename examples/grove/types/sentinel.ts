export type SentinelSystem =
  | "d1_writes"
  | "d1_reads"
  | "kv_get"
  | "kv_put"
  | "r2_upload"
  | "r2_download"
  | "auth_flows"
  | "post_crud"
  | "media_ops";

export interface SpikeConfig {
  /** @default a fifth of the test */
  readonly warmupSeconds?: number;
  /** @default three tenths of the test */
  readonly spikeSeconds?: number;
  /** @default 10 */
  readonly multiplier?: number;
}

export interface OscillationConfig {
  /** @default a fifth of the mean rate */
  readonly minOpsPerSecond?: number;
  /** @default twice the mean rate */
  readonly maxOpsPerSecond?: number;
  /** @default 60 */
  readonly periodSeconds?: number;
  /** @default "sine" */
  readonly waveform?: "sine" | "square" | "sawtooth";
}

export interface RampConfig {
  /** @default 1 */
  readonly startOpsPerSecond?: number;
  /** @default twice the mean rate */
  readonly endOpsPerSecond?: number;
  /** @default three tenths of the test */
  readonly rampUpSeconds?: number;
  /** @default two fifths of the test */
  readonly holdSeconds?: number;
  /** @default three tenths of the test */
  readonly rampDownSeconds?: number;
}

export interface LoadPoint {
  readonly second: number;
  readonly opsPerSecond: number;
}

/** How much a test asks of what. */
export interface LoadProfile {
  readonly type: "spike" | "sustained" | "oscillation" | "ramp" | "custom";
  readonly targetOperations: number;
  readonly durationSeconds: number;
  /** How many operations there are at once, at most. */
  readonly concurrency: number;
  readonly targetSystems: readonly SentinelSystem[];
  readonly spikeConfig?: SpikeConfig;
  readonly oscillationConfig?: OscillationConfig;
  readonly rampConfig?: RampConfig;
  readonly customConfig?: { readonly loadCurve?: readonly LoadPoint[] };
}

/** Whoever is one of the last three stays so. */
export type SentinelStatus = "running" | "completed" | "cancelled" | "failed";

/** What a test found out. */
export interface SentinelResults {
  readonly totalOperations: number;
  readonly successfulOperations: number;
  readonly failedOperations: number;
  readonly avgLatencyMs: number;
  readonly p50LatencyMs: number;
  readonly p95LatencyMs: number;
  readonly p99LatencyMs: number;
  readonly maxLatencyMs: number;
  readonly minLatencyMs: number;
  readonly throughputOpsPerSec: number;
  readonly errorCount: number;
  /** How often each code was there. */
  readonly errorTypes: Readonly<Record<string, number>>;
}

export interface SentinelProgress {
  /** Seconds. */
  readonly elapsed: number;
  /** The failed ones among them. */
  readonly completedOps: number;
  readonly failedOps: number;
  /** Of the time, 0 to 100. */
  readonly progress: number;
}

/** What a test's sockets are told. */
export type SentinelMessage =
  | ({ readonly type: "progress" } & SentinelProgress)
  | { readonly type: "completed"; readonly results: SentinelResults }
  | { readonly type: "cancelled" }
  | { readonly type: "failed"; readonly error: string };
