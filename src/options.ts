import type { InvalidHook } from "./http/context.ts";
import type { LogOptions } from "./logger.ts";
import { type Constructor, Registry } from "./metadata.ts";

/** What @Loom says of a whole object. */
export interface LoomOptions {
  /** What logs show; a minifier may change the class's own name. @default the class's name */
  readonly name?: string;
  /** `"declared"` leaves only `@Rpc` methods callable. @default "public" */
  readonly rpc?: "public" | "declared";
  readonly log?: LogOptions;
  /** The largest body of a request, in bytes. @default 1048576 */
  readonly maxBody?: number;
  /** Replaces the default answer to bad input. */
  readonly invalid?: InvalidHook;
}

/** What @Loom recorded. */
export const options = new Registry<LoomOptions>("loom:options");

/** The options of a class: a subclass's own replace its parent's one by one. */
export function optionsOf(ctor: Constructor): LoomOptions {
  // A name belongs to the class it was given to: a subclass is another object.
  const [{ name: _inherited, ...inherited }, own] = [merge(options.of(ctor)), merge(options.ownOf(ctor))];
  return { name: ctor.name, ...inherited, ...own };
}

function merge(entries: readonly LoomOptions[]): LoomOptions {
  return Object.assign({}, ...entries) as LoomOptions;
}
