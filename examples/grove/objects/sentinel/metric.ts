import type { SentinelSystem } from "../../types.ts";

/** What an operation did, or why it did not. */
export interface OperationResult {
  readonly success: boolean;
  readonly latencyMs: number;
  readonly operationName: string;
  readonly errorMessage?: string;
  readonly errorCode?: string;
  readonly rowsAffected?: number;
  readonly bytesTransferred?: number;
}

/** One operation of a test, as the history gets it. */
export interface Metric extends OperationResult {
  readonly system: SentinelSystem;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly completedAt: number;
}
