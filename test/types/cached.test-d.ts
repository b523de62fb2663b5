import { expectTypeOf } from "vitest";
import { Cached } from "../../decorators/cached.ts";
import { type Cache, LoomDO } from "../../src/index.ts";

interface Env {
  readonly BUCKET: string;
}

export class Fits extends LoomDO<{ count: number }, Env> {
  @Cached("5m") async config() {
    return { theme: "dark" };
  }

  @Cached(1_000, { max: 10, staleOnError: true, timeout: "5s" }) async page(_slug: string, _page = 1) {
    return "page";
  }

  @Cached("1h") promising(): Promise<number> {
    return Promise.resolve(1);
  }

  @Cached("1h") async #hidden(_id: number) {
    return 1;
  }

  clear() {
    this.cache.clear();
    this.cache.clear(this.config);
    this.cache.clear(this.page);
    this.cache.clear(this.page, "slug");
    this.cache.clear(this.page, "slug", 2);
    this.cache.clear(this.#hidden, 1);
    this.cache.clear("by name", 1, "any");
    // @ts-expect-error -- another type
    this.cache.clear(this.page, 1);
    // @ts-expect-error -- more than the method takes
    this.cache.clear(this.config, "slug");
  }
}

// The decorated method keeps its type.
expectTypeOf<Fits["config"]>().toEqualTypeOf<() => Promise<{ theme: string }>>();

export class Wrong extends LoomDO {
  // @ts-expect-error -- TheMethodMustBeAsync
  @Cached("5m") sync() {
    return 1;
  }

  // @ts-expect-error -- no time to live
  @Cached async bare() {}

  // @ts-expect-error -- no time to live
  @Cached() async called() {}

  // @ts-expect-error -- no length of time
  @Cached("soon") async soon() {}

  // @ts-expect-error -- GoesOnAMethodOfALoomDO: static
  @Cached("5m") static async onTheClass() {}

  // @ts-expect-error -- a field
  @Cached("5m") field = async () => 1;
}

export class Stranger {
  // @ts-expect-error -- GoesOnAMethodOfALoomDO
  @Cached("5m") async load() {}
}

declare const cache: Cache;

expectTypeOf(cache.remember("a", async () => 1, { ttl: "5m" })).toEqualTypeOf<Promise<number>>();
expectTypeOf(cache.remember("a", () => "a", { ttl: 1, args: ["b", 2] })).toEqualTypeOf<Promise<string>>();
// @ts-expect-error -- no time to live
void cache.remember("a", () => 1, {});
