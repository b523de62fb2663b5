import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { bearer, cors, LoomDO, type LoomRequestContext, Route, Use } from "loom-do";

const Note = z.object({ title: z.string(), stars: z.coerce.number().default(0) });
const Page = v.object({ page: v.pipe(v.string(), v.transform(Number)) });

interface Env {
  readonly TOKEN: string;
}

test("params are read from the path", () => {
  expectTypeOf<LoomRequestContext<"/a/:id/*rest">["params"]>().toEqualTypeOf<{
    readonly id: string;
    readonly rest: string;
  }>();
  expectTypeOf<LoomRequestContext<"/a/b">["params"]>().toEqualTypeOf<{}>();
  expectTypeOf<LoomRequestContext<"/a/*">["params"]>().toEqualTypeOf<{}>();
  expectTypeOf<LoomRequestContext["params"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
});

test("schemas type what they check", () => {
  type Checked = LoomRequestContext<"/x/:page", { params: typeof Page; query: typeof Page; body: typeof Note }>;

  expectTypeOf<Checked["params"]>().toEqualTypeOf<{ page: number }>();
  expectTypeOf<Checked["query"]>().toEqualTypeOf<{ page: number }>();
  expectTypeOf<Checked["body"]>().toEqualTypeOf<{ title: string; stars: number }>();
});

test("without schemas the query is what the platform has, and there is no body", () => {
  expectTypeOf<LoomRequestContext["query"]>().toEqualTypeOf<URLSearchParams>();
  expectTypeOf<LoomRequestContext["body"]>().toEqualTypeOf<undefined>();
  expectTypeOf<LoomRequestContext<"/x">["pattern"]>().toEqualTypeOf<"/x" | undefined>();
});

test("right use compiles", () => {
  @Use(cors())
  class Right extends LoomDO<unknown, Env> {
    readonly #secret = 1;

    @Route("GET", "/plain") plain() {}
    @Route("GET", "/x/:id") typed({ params, query }: LoomRequestContext<"/x/:id">) {
      return [params.id, query.get("q"), this.#secret, this.env.TOKEN];
    }
    @Route("GET", "/y/:id") bare(ctx: LoomRequestContext) {
      return ctx.params["id"];
    }
    @Route("POST", "/z", { body: Note, query: Page }) checked(
      ctx: LoomRequestContext<"/z", { body: typeof Note; query: typeof Page }>,
    ) {
      return ctx.body.stars + ctx.query.page;
    }
    @Route("GET", "/w/:id/*rest", { params: z.object({ id: z.coerce.number(), more: z.string().optional() }) })
    coerced() {}
    @Route("GET", "/v/:page", { params: Page }) valibot(ctx: LoomRequestContext<"/v/:page", { params: typeof Page }>) {
      return ctx.params.page;
    }
    @Route("GET", "/a/:id")
    @Route("GET", "/b/:id")
    both({ params }: LoomRequestContext<"/a/:id" | "/b/:id">) {
      return params.id;
    }
    @Route("GET", "/part/:id") part({ params, env }: Pick<LoomRequestContext<"/part/:id">, "params" | "env">) {
      return [params.id, env];
    }
    @Use(bearer({ token: "a" })) @Route("PUT", "/p", { maxBody: 10, invalid: ({ code }) => code }) async private() {}
    @Use((_ctx, next) => next()) @Route("DELETE", "/h") #hidden() {}
    @Route("GET", "/protected") protected protected() {
      this.#hidden();
    }
  }
  void Right;
});

test("wrong use does not compile", () => {
  class Wrong extends LoomDO {
    // @ts-expect-error: a path starts with a slash
    @Route("GET", "x") noSlash() {}
    // @ts-expect-error: PURGE is no method of a route
    @Route("PURGE", "/x") purge() {}
    // @ts-expect-error: a static member belongs to no object
    @Route("GET", "/static") static page() {}
    // @ts-expect-error: a field is no method
    @Route("GET", "/field") field = () => 1;
    // @ts-expect-error: another path's params
    @Route("GET", "/x/:id") otherPath(ctx: LoomRequestContext<"/x/:name">) {
      return ctx;
    }
    // @ts-expect-error: the route has no body schema
    @Route("POST", "/a") noSchema(ctx: LoomRequestContext<"/a", { body: typeof Note }>) {
      return ctx;
    }
    // @ts-expect-error: the route's body schema makes something else
    @Route("POST", "/b", { body: z.string() }) otherSchema(ctx: LoomRequestContext<"/b", { body: typeof Note }>) {
      return ctx;
    }
    // @ts-expect-error: the query is checked, so it is no URLSearchParams
    @Route("GET", "/c", { query: Page }) unchecked(ctx: LoomRequestContext<"/c">) {
      return ctx;
    }
    // @ts-expect-error: a handler is given the context alone
    @Route("GET", "/d") two(ctx: LoomRequestContext, more: string) {
      return [ctx, more];
    }
    // @ts-expect-error: not an option
    @Route("GET", "/e", { maxbody: 1 }) typo() {}
    // @ts-expect-error: not a schema
    @Route("GET", "/f", { body: {} }) noStandardSchema() {}
    // @ts-expect-error: the path has no parameter of that name
    @Route("GET", "/i/:id", { params: z.object({ slug: z.string() }) }) otherName() {}
    // @ts-expect-error: a path's parameters are text
    @Route("GET", "/j/:id", { params: z.object({ id: z.number() }) }) otherType() {}
    // @ts-expect-error: a middleware answers
    @Use(() => {}) @Route("GET", "/g") silent() {}
    // @ts-expect-error: a static member belongs to no object
    @Use((_ctx, next) => next()) static used() {}
  }

  class Elsewhere {
    // @ts-expect-error: the class does not extend LoomDO
    @Route("GET", "/x") page() {}
    // @ts-expect-error: the class does not extend LoomDO
    @Use((_ctx, next) => next()) used() {}
  }

  // @ts-expect-error: the class does not extend LoomDO
  @Use((_ctx, next) => next())
  class Third {}
  void [Wrong, Elsewhere, Third];
});
