import { type Terms, termsOf, waitOf } from "../alarm/policy.ts";
import { checkWhole } from "../data/whole-number.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { misuse } from "../errors.ts";
import type { Duration } from "../types.ts";

/** What happens to an item when `capacity` items wait. */
export type Overflow = "reject" | "drop-oldest";

/** When a batch is delivered, and what happens when it cannot be. */
export interface BatchedOptions<Schema = StandardSchema> {
  /** How many items one batch has at most; one that has them is delivered at once. */
  readonly max: number;
  /** How long the first item of a batch waits for others. */
  readonly within: Duration;
  /** Tries after the first before the batch is kept in `failed()`; `Infinity` never gives up. @default 5 */
  readonly retries?: number;
  /** The wait before the first retry; doubled with each, with jitter. @default "1s" */
  readonly backoff?: Duration;
  /** How many items may wait, those of failed batches not counted. @default 10,000, or `max` if that is more */
  readonly capacity?: number;
  /** What `add` does when they do: throws 053, or lets go of the oldest that no sink was given. @default "reject" */
  readonly overflow?: Overflow;
  /** Checks and converts an item when it is added; must be synchronous. */
  readonly schema?: Schema;
  /** How long one delivery may take. @default "60s" */
  readonly timeout?: Duration;
  /** The name its items are stored under; set it when you rename the member. @default the member's name */
  readonly name?: string;
}

/** What a sink is told of the batch it is given. */
export interface BatchInfo {
  /** The same for every try of this batch and for no other batch, ever: what was done under it need not be done again. */
  readonly id: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the delivery has run out of time. */
  readonly signal: AbortSignal;
}

/** A sink's options, checked, with nothing left out. */
export interface BatchRules extends Terms {
  readonly max: number;
  readonly within: number;
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly schema: StandardSchema | undefined;
}

const overflows: readonly unknown[] = ["reject", "drop-oldest"] satisfies Overflow[];

// A run may begin its last batch half a minute late, and an alarm's run ends after 14 minutes.
const longestTimeout = 13 * 60_000;

/** Checks `options`; `where` names the declaration in errors. */
export function batchRules(options: BatchedOptions, where: string): BatchRules {
  const { max, within, overflow = "reject", schema } = options;
  checkWhole(max, `${where}: max`);
  const { capacity = Math.max(10_000, max) } = options;
  checkWhole(capacity, `${where}: capacity`);
  if (capacity < max) throw misuse(`${where}: capacity is ${capacity}, so ${max} never wait. Write at least \`max\`.`);
  if (!overflows.includes(overflow))
    throw misuse(`${where}: overflow is ${overflow}. Write "reject" or "drop-oldest".`);
  const terms = termsOf(options, where);
  if (terms.timeout > longestTimeout) throw misuse(`${where}: timeout is ${options.timeout}. Write at most \`"13m"\`.`);
  return { ...terms, max, capacity, overflow, schema, within: waitOf(within, `${where}: within`) };
}
