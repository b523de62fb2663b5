import { expectTypeOf, test } from "vitest";
import { fetchLoomJson, getLoomDO } from "../../src/adapters/sveltekit.ts";
import { routeToObject } from "../../src/adapters/worker.ts";
import type { Echo } from "../fixtures/factory.ts";

interface Env {
  ECHOES: DurableObjectNamespace<Echo>;
  LATER?: DurableObjectNamespace<Echo>;
  UNTYPED: DurableObjectNamespace;
  TITLE: string;
}

declare const request: Request;
declare const env: Env;
declare const platform: { env: Env } | undefined;
declare const loose: { env: Record<string, unknown> } | undefined;

test("a route's name function knows the pattern's parameters", () => {
  routeToObject(request, env.ECHOES, "/t/:tenant/p/:slug/*rest", {
    name: (params) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly tenant: string; readonly slug: string; readonly rest: string }>();
      return params.slug;
    },
  });
  // @ts-expect-error a pattern starts with a slash
  routeToObject(request, env.ECHOES, "game/:id");
});

test("a route is a response's promise or null, so that routes chain", () => {
  expectTypeOf(routeToObject(request, env.ECHOES, "/a/:id")).toEqualTypeOf<Promise<Response> | null>();
  expectTypeOf(routeToObject(request, env.LATER, "/a/:id") ?? new Response()).toEqualTypeOf<
    Promise<Response> | Response
  >();
});

test("a platform's bindings are known by name and class", () => {
  expectTypeOf(getLoomDO(platform, "ECHOES", "a").double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomDO(platform, "LATER", "a").double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomDO(platform, "UNTYPED", "a").fetch("https://x")).resolves.toEqualTypeOf<Response>();
  // @ts-expect-error no object behind it
  void getLoomDO(platform, "TITLE", "a");
  // @ts-expect-error no such binding
  void getLoomDO(platform, "ECHOS", "a");
});

test("a platform that lists nothing takes any binding", () => {
  expectTypeOf(getLoomDO(loose, "ANY", "a").fetch("https://x")).resolves.toEqualTypeOf<Response>();
  expectTypeOf(fetchLoomJson<{ n: number }>(loose, "ANY", "a", "/x", "PUT", { n: 1 })).resolves.toEqualTypeOf<{
    n: number;
  }>();
});
