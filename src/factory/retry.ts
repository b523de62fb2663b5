/** How often a call is tried again. */
export interface RetryPlan {
  readonly retries: number;
  /** The wait before the first retry; it doubles each time, and each wait is a random part of it. */
  readonly backoff: number;
  readonly signal: AbortSignal | undefined;
}

/** What `attempt` resolves to, tried again while the platform marks the failure as worth it. */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  { retries, backoff, signal }: RetryPlan,
): Promise<Result> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (tried >= retries || !isWorthRetrying(error)) throw error;
      await wait(Math.random() * backoff * 2 ** tried, signal);
    }
  }
}

/** True for an error that the platform marks `retryable` and not `overloaded`, itself or in a cause. */
export function isWorthRetrying(error: unknown): boolean {
  const chain = chainOf(error);
  // More calls are what an overloaded object needs least.
  return chain.some(({ retryable }) => retryable === true) && !chain.some(({ overloaded }) => overloaded === true);
}

interface Marks {
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
  readonly cause?: unknown;
}

// Code on the way may have wrapped the error, and the marks with it.
function chainOf(error: unknown): Marks[] {
  const chain = new Set<Marks>();
  for (let at = error; typeof at === "object" && at !== null && !chain.has(at); at = (at as Marks).cause) chain.add(at);
  return [...chain];
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop);
  });
}
