import { expectTypeOf } from "vitest";
import { z } from "zod";
import { Loom } from "../../decorators/loom.ts";
import { Persisted } from "../../decorators/persisted.ts";
import { Rpc } from "../../decorators/rpc.ts";
import { LoomDO } from "../../src/base.ts";
import type { Frozen } from "../../src/types.ts";
import { changed, update } from "../../src/update.ts";

interface Env {
  readonly DB: D1Database;
}

interface Theme {
  name: string;
  colors: { accent: string }[];
  sizes: Map<string, Set<number>>;
  since: Date;
}

// A user's own `interface Env` is accepted, bare and called forms, public, protected and #private members.
@Loom({ name: "fields", rpc: "declared", maxBody: 1 })
export class Fields extends LoomDO<{ n: number }, Env> {
  @Persisted accessor bare = 0;
  @Persisted() accessor called = "";
  @Persisted({ key: "k", group: "g", expose: true }) accessor configured: Frozen<Theme> | null = null;
  @Persisted({ version: 2, migrate: (stored) => Number(stored) }) accessor migrated = 0;
  @Persisted({ schema: z.number() }) accessor checked = 0;
  @Persisted protected accessor inner = 0;
  @Persisted accessor #secret = 0;
  @Persisted accessor mode: "open" | "closed" = "open";
  @Persisted accessor #hiddenTheme: Frozen<Theme> = { name: "", colors: [], sizes: new Map(), since: new Date() };

  // @ts-expect-error a plain field is invisible to assignments: the hint names the keyword
  @Persisted field = 0;

  // @ts-expect-error a static accessor belongs to no object
  @Persisted static accessor shared = 0;

  // @ts-expect-error migrate makes a string, the field holds a number
  @Persisted({ version: 2, migrate: () => "text" }) accessor mismatched = 0;

  // @ts-expect-error the schema's output is a string, the field holds a number
  @Persisted({ schema: z.string() }) accessor misfit = 0;

  // @ts-expect-error a method is no accessor
  @Persisted method() {}

  secret(): number {
    return this.#secret;
  }

  use() {
    expectTypeOf(this.configured).toEqualTypeOf<Frozen<Theme> | null>();
    expectTypeOf(this.state_data).toEqualTypeOf<{ n: number } | null>();
    expectTypeOf(this.env.DB).toEqualTypeOf<D1Database>();
    // @ts-expect-error what a frozen field hands out has no mutators
    this.configured?.colors.push({ accent: "x" });
    // @ts-expect-error nor has a Set inside a Map
    this.configured?.sizes.get("a")?.add(1);
    update(this, "configured", (draft) => {
      draft?.colors.push({ accent: "teal" });
      draft?.sizes.get("a")?.add(1);
    });
    update(this, "mode", () => "closed");
    update(this, "mode", (mode) => (mode === "open" ? "closed" : "open"));
    // @ts-expect-error not one of its literals
    update(this, "mode", () => "ajar");
    // @ts-expect-error the recipe is asynchronous
    update(this, "mode", async () => "open");
    this.#hiddenTheme = changed(this.#hiddenTheme, (draft) => {
      draft.colors.push({ accent: "teal" });
    });
    this.inner = changed(this.inner, (count) => count + 1);
    // @ts-expect-error another type
    this.inner = changed(this.inner, () => "text");
    // @ts-expect-error no such field
    update(this, "absent", () => {});
  }

  @Rpc plain(count: number) {
    return count;
  }
  @Rpc() called2(count: number) {
    return count;
  }
  @Rpc({ args: [z.string(), z.coerce.number()], idempotent: true }) fitting(name: string, count: number) {
    return name + count;
  }

  // @ts-expect-error the schema makes a number, the method takes a string
  @Rpc({ args: [z.number()] }) unfitting(name: string) {
    return name;
  }

  // @ts-expect-error a private method is out of RPC's reach
  @Rpc() #hidden() {}
  callHidden() {
    this.#hidden();
  }

  // @ts-expect-error static members belong to no object
  @Rpc() static nobody() {}
}

export class NotLoom {
  // @ts-expect-error the class does not extend LoomDO
  @Persisted accessor value = 0;
  // @ts-expect-error the class does not extend LoomDO
  @Rpc() method() {}
}

// @ts-expect-error the class does not extend LoomDO
@Loom({ name: "x" })
export class NotLoomEither {}

// @ts-expect-error there is no such mode
Loom({ rpc: "all" });

export class Taken extends LoomDO {
  // @ts-expect-error the name of a tool
  override locks = 1;
}

expectTypeOf<Frozen<Theme>["sizes"]>().toEqualTypeOf<ReadonlyMap<string, ReadonlySet<number>>>();
expectTypeOf<Frozen<number[]>>().toEqualTypeOf<readonly number[]>();
