import { test } from "vitest";
import { Route } from "../../decorators/route.ts";
import { LoomDO } from "../../src/base.ts";
import { compileHttp } from "../../src/dispatch.ts";
import { LoomRequestContext } from "../../src/context.ts";
import { currentEvent } from "../../src/event.ts";
import { pathOf, parsePath } from "../../src/path.ts";
import { Router } from "../../src/router.ts";

let sink: unknown;
async function time(label: string, n: number, fn: (i: number) => unknown) {
  let best = Infinity;
  for (let round = 0; round < 6; round++) {
    await new Promise((r) => setTimeout(r, 1));
    const t = Date.now();
    for (let i = 0; i < n; i++) sink = fn(i);
    await new Promise((r) => setTimeout(r, 1));
    best = Math.min(best, ((Date.now() - t - 1) / n) * 1e6);
  }
  console.log(label, best.toFixed(0), "ns");
}

const ready = new Response("x");
class C extends LoomDO {
  @Route("GET", "/config") config() { return ready; }
  @Route("GET", "/drafts") list() { return ready; }
  @Route("GET", "/drafts/:slug") one(_c: LoomRequestContext<"/drafts/:slug">) { return ready; }
  @Route("GET", "/json") json() { return { a: 1 }; }
  @Route("PUT", "/drafts/:slug") put() { return ready; }
  @Route("DELETE", "/drafts/:slug") del() { return ready; }
  @Route("POST", "/analytics") post() { return ready; }
}

test("bench", async () => {
  const http = compileHttp(C, {});
  const object = Object.create(C.prototype) as C;
  const reqs = Array.from({ length: 64 }, (_, i) => new Request("https://do/drafts/my-first-draft-" + i));
  const conf = new Request("https://do/config");
  const js = new Request("https://do/json");
  const N = 200_000;
  await time("baseline param (new URL + if/else + regex)", N, (i) => {
    const request = reqs[i & 63]!;
    const url = new URL(request.url);
    const { pathname } = url;
    if (request.method === "GET" && pathname === "/config") return object.config();
    if (request.method === "GET" && pathname === "/drafts") return object.list();
    if (request.method === "GET" && pathname.startsWith("/drafts/")) { decodeURIComponent(pathname.slice(8)); return object.one(null as never); }
    return undefined;
  });
  await time("baseline static (new URL + if/else)", N, () => {
    const url = new URL(conf.url);
    if (conf.method === "GET" && url.pathname === "/config") return object.config();
    return undefined;
  });
  await time("loom param", N, (i) => http.handle(object, reqs[i & 63]!));
  await time("loom static", N, () => http.handle(object, conf));
  await time("loom json", N, () => http.handle(object, js));
  await time("plain new Response json", N, () => new Response(JSON.stringify({ a: 1 }), { headers: { "Content-Type": "application/json" } }));
  await time("Response.json", N, () => Response.json({ a: 1 }));
  await time("request.url", N, (i) => reqs[i & 63]!.url);
  await time("request.method", N, (i) => reqs[i & 63]!.method);
  await time("new URL", N, (i) => new URL(reqs[i & 63]!.url));
  await time("new URL .pathname", N, (i) => new URL(reqs[i & 63]!.url).pathname);
  await time("pathOf(url)", N, (i) => pathOf(reqs[i & 63]!.url));
  const paths = reqs.map((r) => new URL(r.url).pathname);
  const router = new Router<string>();
  for (const [m, p] of [["GET", "/config"], ["GET", "/drafts"], ["GET", "/drafts/:slug"], ["PUT", "/drafts/:slug"], ["GET", "/files/*rest"], ["GET", "/json"]] as const) router.add(m, parsePath(p, ""), m + p);
  await time("router param", 1_000_000, (i) => router.find("GET", paths[i & 63]!));
  await time("router static", 1_000_000, () => router.find("GET", "/config"));
  const target = { path: "/x", pattern: "/x", params: {}, maxBody: 1 };
  await time("new ctx", N, () => new LoomRequestContext(object, conf, target));
  const ctx = new LoomRequestContext(object, conf, target);
  const f = (a: unknown) => a;
  await time("als.run", N, () => currentEvent.run(ctx, f, 1));
}, 120_000);
