import { expect, test } from "vitest";
import { routeToObject, getWorkerDO, workerFetchJson } from "../../src/adapters/worker.ts";
import type { Echoed } from "../fixtures/factory.ts";
import { echoes } from "../factory/namespaces.ts";
import { thrownBy } from "../storage/inside.ts";

/** What the object sees of a request for `path`; null when the pattern does not match. */
async function seen(path: string, pattern: `/${string}`): Promise<Echoed | null> {
  const response = await routeToObject(new Request(`https://games.test${path}`), echoes, pattern);
  return response && response.json<Echoed>();
}

test.for([
  ["/game/42/join?x=1", "/game/:id/*", "42", "/join?x=1"],
  ["/game/42", "/game/:id/*", "42", "/"],
  ["/game/42?x=1", "/game/:id/*", "42", "/?x=1"],
  ["/game/42/", "/game/:id/*", "42", "/"],
  ["/game/42/a/b/", "/game/:id/*rest", "42", "/a/b/"],
  ["/game/42//a", "/game/:id/*", "42", "//a"],
  ["/game/42/a%2Fb%20c", "/game/:id/*", "42", "/a%2Fb%20c"],
  ["/game/caf%C3%A9%2F1", "/game/:id", "café/1", "/"],
  ["/g%61me/42/x", "/game/:id/*", "42", "/x"],
  ["/42/a", "/:id/*", "42", "/a"],
] as const)("%s under %s is the object %s, which sees %s", async ([path, pattern, name, rest]) => {
  expect(await seen(path, pattern)).toMatchObject({ name, path: rest, host: "games.test" });
});

test.for([
  ["/", "/game/:id/*"],
  ["/game", "/game/:id/*"],
  ["/game/", "/game/:id/*"],
  ["/game//join", "/game/:id/*"],
  ["/games/42", "/game/:id/*"],
  ["/GAME/42", "/game/:id/*"],
  ["/game/42/join", "/game/:id"],
  ["/game%2F42", "/game/:id"],
  ["/g%me/42", "/game/:id"],
] as const)("%s does not match %s", async ([path, pattern]) => {
  expect(routeToObject(new Request(`https://games.test${path}`), echoes, pattern)).toBeNull();
});

test("routes chain, with or without await", async () => {
  const request = new Request("https://games.test/room/lobby");
  const none = new Response("Not found", { status: 404 });

  const response = await (routeToObject(request, echoes, "/game/:id/*") ??
    routeToObject(request, echoes, "/room/:id") ??
    none);
  const missed = (await routeToObject(request, echoes, "/game/:id/*")) ?? none;

  expect((await response.json<Echoed>()).name).toBe("lobby");
  expect(missed.status).toBe(404);
});

test("method, headers and a streamed body arrive", async () => {
  const body = new Blob(["streamed"]).stream();
  const request = new Request("https://games.test/game/42/x", { method: "PUT", body, headers: { "x-custom": "1" } });

  const response = (await routeToObject(request, echoes, "/game/:id/*"))!;

  expect(await response.json()).toMatchObject({ method: "PUT", custom: "1", body: "streamed", path: "/x" });
});

test("an upgrade arrives", async () => {
  const request = new Request("https://games.test/game/42/socket", { headers: { upgrade: "websocket" } });

  const response = (await routeToObject(request, echoes, "/game/:id/*"))!;

  expect(response.status).toBe(101);
  response.webSocket!.accept();
  response.webSocket!.close();
});

test("a name can be made from several parameters", async () => {
  const request = new Request("https://games.test/t/acme/p/hello/edit");

  const response = (await routeToObject(request, echoes, "/t/:tenant/p/:slug/*rest", {
    name: ({ tenant, slug, rest }) => `content:${tenant}:${slug}:${rest}`,
  }))!;

  expect(await response.json()).toMatchObject({ name: "content:acme:hello:edit", path: "/edit" });
});

test("one object can answer for a whole path", async () => {
  const request = new Request("https://games.test/triage/inbox");

  const response = (await routeToObject(request, echoes, "/triage/*", { name: () => "triage:owner" }))!;

  expect(await response.json()).toMatchObject({ name: "triage:owner", path: "/inbox" });
});

test("a parameter may be called __proto__", async () => {
  const request = new Request("https://games.test/game/42");

  const response = (await routeToObject(request, echoes, "/game/:__proto__"))!;

  expect(await response.json()).toMatchObject({ name: "42" });
});

test("a name that cannot be decoded is a bad request", async () => {
  const response = (await routeToObject(new Request("https://games.test/game/%ZZ"), echoes, "/game/:id/*"))!;

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-032" });
});

test.for([
  ["/game/*", 0],
  ["/t/:tenant/p/:slug", 2],
] as const)("%s does not say which object it means", ([pattern, count]) => {
  const error = thrownBy(() => routeToObject(new Request("https://games.test/"), echoes, pattern));

  expect(error.message).toBe(
    `GROVE-LOOM-080: routeToObject("${pattern}"): the pattern has ${count} parameters, not one. Write \`name: (params) => …\`.`,
  );
});

test("a missing binding is an error at once, whatever the path", () => {
  const error = thrownBy(() => routeToObject(new Request("https://games.test/"), undefined, "/game/:id/*"));

  expect(error.message).toBe(
    'GROVE-LOOM-080: routeToObject("/game/:id/*"): the namespace is undefined: its binding is missing. Add it to [[durable_objects.bindings]] in wrangler.toml.',
  );
});

test("the plan's names for a Worker are there", async () => {
  expect(await getWorkerDO(echoes, "lobby").double(2)).toBe(4);
  expect(await workerFetchJson<Echoed>(echoes, "lobby", "/a", "POST", { n: 1 })).toMatchObject({
    name: "lobby",
    method: "POST",
    body: '{"n":1}',
  });
});
