import { name, optional, shape, whole } from "../shape.ts";

/** A lock that was granted. */
export interface Lease {
  readonly lockId: string;
  /**
   * The fencing token: larger than that of every lease before it.
   *
   * Send it along with what the lock protects, where a smaller one than the largest seen is refused.
   */
  readonly token: number;
  /** When it ends, by the object's clock, in Unix milliseconds. */
  readonly expiresAt: number;
}

/** How a lock is acquired. */
export interface AcquireOptions {
  /** How long to wait for a lock that is held, in milliseconds. @default 0 */
  readonly wait?: number | undefined;
}

// Timers take 31 bits of milliseconds.
const longest = 20 * 86_400_000;

export const lockId = name;
export const token = whole(1);
export const ttl = whole(1, longest);
export const acquireOptions = optional(shape<AcquireOptions>({ wait: optional(whole(0, longest)) }));
