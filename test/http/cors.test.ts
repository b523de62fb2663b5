import { expect, test } from "vitest";
import { cors } from "../../src/http/middleware/cors.ts";
import type { OpenCors, RouteCors } from "../fixtures/middleware.ts";
import { objectOf } from "../support.ts";

const open = (path: string, init?: RequestInit) => objectOf<OpenCors>("OpenCors").fetch(`https://do${path}`, init);
const route = (path: string, init?: RequestInit) => objectOf<RouteCors>("RouteCors").fetch(`https://do${path}`, init);
const from = (origin: string, more: Record<string, string> = {}) => ({ Origin: origin, ...more });
const asking = (method: string, headers = "") => ({
  "Access-Control-Request-Method": method,
  ...(headers && { "Access-Control-Request-Headers": headers }),
});

/** The CORS headers of a response, their names shortened. */
function grants({ headers }: Response): Record<string, string> {
  const named = [...headers].map(([name, value]) => [name.replace("access-control-", "~"), value] as const);
  return Object.fromEntries(named.filter(([name]) => name.startsWith("~") || name === "vary"));
}

test("any origin may read by default, and no cache needs to tell origins apart", async () => {
  expect(grants(await open("/x", { headers: from("https://a.test") }))).toEqual({ "~allow-origin": "*" });
});

test("a request without an origin gets no grant", async () => {
  expect(grants(await open("/x"))).toEqual({});
});

test("failures are readable too: 404, 405, and what a handler throws", async () => {
  const headers = from("https://a.test");

  expect(grants(await open("/nowhere", { headers }))).toEqual({ "~allow-origin": "*" });
  expect(grants(await open("/x", { method: "PUT", headers }))).toEqual({ "~allow-origin": "*" });
  expect(grants(await open("/broken", { headers }))).toEqual({ "~allow-origin": "*" });
});

test("a response whose headers cannot be changed is copied", async () => {
  const response = await open("/redirect", { headers: from("https://a.test"), redirect: "manual" });

  expect([response.status, response.headers.get("Location")]).toEqual([302, "https://elsewhere.test/"]);
  expect(grants(response)).toEqual({ "~allow-origin": "*" });
});

test("an upgrade keeps its socket", async () => {
  const response = await open("/socket", { headers: { ...from("https://a.test"), Upgrade: "websocket" } });

  expect([response.status, response.webSocket]).toEqual([101, expect.any(WebSocket)]);
});

test("a preflight is answered with what the page asks for", async () => {
  const headers = { ...from("https://a.test"), ...asking("PUT", "x-one, x-two") };
  const response = await open("/x", { method: "OPTIONS", headers });

  expect(response.status).toBe(204);
  expect(grants(response)).toEqual({
    "~allow-origin": "*",
    "~allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "~allow-headers": "x-one, x-two",
    vary: "Access-Control-Request-Headers",
  });
});

test("OPTIONS that is no preflight is answered by the class", async () => {
  const response = await open("/x", { method: "OPTIONS", headers: from("https://a.test") });

  expect(response.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
  expect(grants(response)).toEqual({ "~allow-origin": "*" });
});

test("a route's own cors answers its preflight, before authentication", async () => {
  const headers = { ...from("https://b.test"), ...asking("PUT", "x-nine") };
  const response = await route("/x/1", { method: "OPTIONS", headers });

  expect(response.status).toBe(204);
  expect(grants(response)).toEqual({
    "~allow-origin": "https://b.test",
    "~allow-credentials": "true",
    "~allow-methods": "PUT",
    "~allow-headers": "X-One",
    "~expose-headers": "X-Two, X-Three",
    "~max-age": "600",
    vary: "Origin",
  });
});

test("a preflight from elsewhere gets no grant", async () => {
  const headers = { ...from("https://b.test.evil.test"), ...asking("PUT") };

  expect(grants(await route("/x/1", { method: "OPTIONS", headers }))).toEqual({ vary: "Origin" });
});

test("a preflight for a route without cors gets no grant", async () => {
  const response = await route("/x/1", { method: "OPTIONS", headers: { ...from("https://a.test"), ...asking("GET") } });

  expect([response.status, grants(response)]).toEqual([204, {}]);
});

test("a listed origin may read, a 401 too, and the answer's own Vary stays", async () => {
  const headers = from("https://a.test", { Authorization: "Bearer secret" });
  const exposed = {
    "~expose-headers": "X-Two, X-Three",
    "~allow-credentials": "true",
    "~allow-origin": "https://a.test",
  };

  expect(grants(await route("/x/1", { method: "PUT", headers }))).toEqual({ ...exposed, vary: "Accept, Origin" });
  expect(grants(await route("/x/1", { method: "PUT", headers: from("https://a.test") }))).toEqual({
    ...exposed,
    vary: "Origin",
  });
});

test("an origin not listed may not read, and caches are told that it matters", async () => {
  const response = await route("/x/1", { method: "PUT", headers: from("null") });

  expect(grants(response)).toEqual({ vary: "Origin" });
});

test("a function decides by origin and request", async () => {
  const yes = await route("/by/grove.test", { headers: from("https://a.grove.test") });
  const no = await route("/by/grove.test", { headers: from("https://grove.evil") });

  expect(grants(yes)).toEqual({ "~allow-origin": "https://a.grove.test", vary: "Origin" });
  expect(grants(no)).toEqual({ vary: "Origin" });
});

test("credentials for any origin are refused where they are written", () => {
  expect(() => cors({ credentials: true })).toThrow("Name the origins");
  expect(() => cors({ credentials: true, origin: ["https://a.test", "*"] })).toThrow("Name the origins");
});
