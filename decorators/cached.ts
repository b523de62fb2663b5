import { keepingOf } from "../src/cache.ts";
import type { CacheOptions } from "../src/cache.ts";
import { LoomRequestContext } from "../src/http/context.ts";
import { misuse } from "../src/errors.ts";
import { checkPlacement } from "../src/declare/placement.ts";
import { toolsOf } from "../src/object/tools.ts";
import type { Duration } from "../src/types.ts";
import { standFor, wraps } from "../src/declare/wrap.ts";
import type { Method } from "../src/declare/wrap.ts";
import type { Wrapping } from "../src/declare/wrapping-types.ts";

/**
 * Remembers the method's results for `ttl`, one for each set of arguments.
 *
 * Results are frozen, failures are not kept, and calls with equal arguments that overlap run once.
 *
 * @example
 * ```ts
 * @Cached("5m")
 * async config() { return loadConfig(this.env.DB, this.ctx.id.name); }
 * ```
 */
export function Cached(ttl: Duration, options: CacheOptions = {}) {
  if (typeof ttl !== "string" && typeof ttl !== "number") {
    throw misuse('@Cached: say how long a result is fresh. Write `@Cached("5m")`.');
  }
  return <This, Value extends Method>(
    method: Value,
    context: ClassMethodDecoratorContext<This, Value>,
  ): Wrapping<This, Value> => {
    checkPlacement("@Cached", "method", context);
    const wrap = wrapper(context.name, ttl, options);
    wraps.add(context, { name: context.name, decorator: "@Cached", wrap });
    return wrap(method) as never; // the same signature; a type that depends on Value cannot be checked here
  };
}

function wrapper(name: string | symbol, ttl: Duration, options: CacheOptions): (method: Method) => Method {
  const where = `@Cached ${String(name)}`;
  const keeping = keepingOf(ttl, options, where);
  return (method) => {
    const owner: Method = function (...given) {
      // A route hands its handler the event, also to one that takes nothing: that is no argument to compare.
      const args = method.length === 0 && given[0] instanceof LoomRequestContext ? given.slice(1) : given;
      const call = { owner, name: owner.name, where, args, keeping };
      return toolsOf(this).cache.recall(call, () => method.apply(this, given));
    };
    return standFor(method, owner, name);
  };
}
