/** What is asked of a threshold. */
export interface ThresholdCheck {
  readonly key: string;
  /** So many in a window; 0 allows none. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** How much this one counts for. @default 1 */
  readonly cost?: number | undefined;
}

/** What a threshold says; times are Unix seconds. */
export type ThresholdDecision =
  | { readonly allowed: true; readonly remaining: number; readonly resetAt: number }
  | { readonly allowed: false; readonly remaining: 0; readonly resetAt: number; readonly retryAfter: number };
