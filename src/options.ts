import type { InvalidHook } from "./http/context.ts";
import type { InvalidMessageHook } from "./websocket/bad-message.ts";
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
  /**
   * Replaces what a socket is told of a message that is no JSON, of an unknown type, against its schema or too large:
   * the last then leaves it open.
   */
  readonly invalidMessage?: InvalidMessageHook;
}

/** What @Loom recorded. */
export const options = new Registry<LoomOptions>("loom:options");

/** The options of a class: a subclass's own replace its parent's one by one. */
export function optionsOf(ctor: Constructor): LoomOptions {
  const { name: _inherited, ...inherited } = merge(options.of(ctor));
  return { name: nameOf(ctor), ...inherited, ...merge(options.ownOf(ctor)) };
}

/** A name belongs to the class it was given to, and a subclass is another object. */
function nameOf(ctor: Constructor): string {
  const parent = Object.getPrototypeOf(ctor) as Constructor;
  // `wrangler dev` puts a subclass of the same name over every class (wrangler 4.155).
  return parent.name === ctor.name ? optionsOf(parent).name! : ctor.name;
}

function merge(entries: readonly LoomOptions[]): LoomOptions {
  return Object.assign({}, ...entries) as LoomOptions;
}
