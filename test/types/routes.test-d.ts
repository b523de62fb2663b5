import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { LoomRequestContext, LoomRoute, Middleware } from "loom-do";

const Note = z.object({ title: z.string() });

test("routes() takes handlers annotated for their own route", () => {
  const routes: LoomRoute[] = [
    { method: "GET", path: "/a/:id", handler: ({ params }) => params.id },
    { method: "GET", path: "/b/:id", handler: ({ params }: LoomRequestContext<"/b/:id">) => params.id },
    {
      method: "POST",
      path: "/c",
      body: Note,
      handler: ({ body }: LoomRequestContext<"/c", { body: typeof Note }>) => body.title,
    },
    // @ts-expect-error: a path starts with a slash
    { method: "GET", path: "d", handler: () => 1 },
  ];
  void routes;
});

test("a middleware sees the request before its input is checked", () => {
  const middleware: Middleware = (ctx, next) => {
    expectTypeOf(ctx.params).toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf(ctx.query).toEqualTypeOf<URLSearchParams>();
    expectTypeOf(next).returns.resolves.toEqualTypeOf<Response>();
    return next();
  };
  void middleware;
});
