import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { handleOAuthCallback } from "../../../examples/grove/auth/callback.ts";
import { showProvider, startSignIn } from "../../../examples/grove/auth/sign-in.ts";
import { validateAuth } from "../../../examples/grove/auth/validate-auth.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { Browser, brokenD1, chrome, grants, said, userOf } from "./browser.ts";

const unavailable = [503, { success: false, error: "Sign-in is not available" }];
const refused = [400, { success: false, error: "The sign-in was refused" }];
const notBegun = [400, { success: false, error: "This sign-in was not begun here" }];
const unverified = [403, { success: false, error: "The address is not verified" }];

beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const newEmail = () => `${crypto.randomUUID()}@example.com`;

function sessionsOf(userId: string) {
  return grove.SESSIONS.getByName(`session:${userId}`);
}

/** A code that stands for an address of which the provider does not know whose it is. */
async function unverifiedCode(email: string): Promise<string> {
  const code = crypto.randomUUID();
  const person = {
    email,
    name: "Not Moss",
    email_verified: false,
    redirect_uri: "https://auth.grove.place/auth/callback",
  };
  await grants.put(`code:${code}`, JSON.stringify(person));
  return code;
}

/** Comes back to the callback with a code that the browser's own sign-in did not give. */
async function comeBackWith(code: string, browser = new Browser()) {
  const back = await browser.goToProvider(newEmail());
  back.searchParams.set("code", code);
  return browser.ask(`GET ${back.pathname}${back.search}`, handleOAuthCallback);
}

test("a sign-in makes the user, a session of this device and a cookie for all of Grove's sites", async () => {
  const [browser, email] = [new Browser(), newEmail()];

  const response = await browser.signIn(email);

  const user = await userOf(email);
  const [session] = await sessionsOf(user!.id).listSessions();
  expect([response.status, response.headers.get("Location"), await response.text()]).toEqual([302, "/", ""]);
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^grove_session=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax; Domain=\.grove\.place; Max-Age=2592000$/,
    ),
    "__Host-grove_oauth_state=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0",
  ]);
  expect(user).toMatchObject({ email, name: "Moss", created_at: expect.any(Number), updated_at: expect.any(Number) });
  expect(session).toMatchObject({ deviceName: "Chrome on MacOS", userAgent: chrome, ipAddress: "192.0.2.7" });
  expect(session!.deviceId).toMatch(/^[0-9a-f]{16}$/);
  expect(session!.expiresAt - session!.createdAt).toBe(30 * 86_400_000);
  expect(await validateAuth(browser.request("GET /"), grove)).toEqual({ id: user!.id, email, name: "Moss" });
});

test("who signs in again, however the address is written, is the same user under the name of now", async () => {
  const email = newEmail();
  await new Browser().signIn(email);
  const first = await userOf(email);

  await new Browser().signIn(email.toUpperCase(), "Moss Green");

  expect(await userOf(email)).toMatchObject({ id: first!.id, name: "Moss Green" });
  expect(await sessionsOf(first!.id).getSessionCount()).toBe(2);
});

test("on this machine the cookies go without TLS, and only to it", async () => {
  const browser = new Browser("http://127.0.0.1:8787");

  const response = await browser.signIn();

  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^grove_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/),
    "grove_oauth_state=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
  ]);
  expect(await validateAuth(browser.request("GET /"), grove)).toMatchObject({ name: "Moss" });
});

test("a sign-in begins with a state that only this browser has", async () => {
  const browser = new Browser();

  const response = await browser.ask("GET /auth/login?email=moss%40example.com", startSignIn);

  const page = new URL(response.headers.get("Location")!);
  const state = page.searchParams.get("state")!;
  expect(state).toMatch(/^[\w-]{43}$/);
  expect(Object.fromEntries(page.searchParams)).toEqual({
    ...{ email: "moss@example.com", response_type: "code", state },
    redirect_uri: "https://auth.grove.place/auth/callback",
  });
  expect(response.headers.getSetCookie()).toEqual([
    `__Host-grove_oauth_state=${state}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=600`,
  ]);
});

test.for<[what: string, harm: (browser: Browser, back: URL) => void]>([
  ["without the cookie", (browser) => browser.cookies.clear()],
  ["without a state", (_, back) => back.searchParams.delete("state")],
  [
    "with an empty state and cookie",
    (browser, back) => {
      browser.cookies.set("__Host-grove_oauth_state", "");
      back.searchParams.set("state", "");
    },
  ],
  ["with another's state", (_, back) => back.searchParams.set("state", "A".repeat(43))],
  ["with a state of other letters than ASCII's", (_, back) => back.searchParams.set("state", "ä".repeat(43))],
  [
    "with a cookie of the same name beside it",
    (browser) => browser.cookies.set("x", `1; __Host-grove_oauth_state=${"A".repeat(43)}`),
  ],
])("who comes back %s has not begun it, and nobody is made", async ([, harm]) => {
  const [browser, email] = [new Browser(), newEmail()];
  const back = await browser.goToProvider(email);
  harm(browser, back);

  const response = await browser.ask(`GET ${back.pathname}${back.search}`, handleOAuthCallback);

  expect(await said(response)).toEqual(notBegun);
  expect(await userOf(email)).toBeNull();
});

test.for(["", "made-up", "c".repeat(5_000), "ä/../:", "\0"])("the code %j is refused", async (code) => {
  expect(await said(await comeBackWith(code))).toEqual(refused);
});

test("a code is good for once", async () => {
  const [browser, email] = [new Browser(), newEmail()];
  const { searchParams } = await browser.goToProvider(email);
  await comeBackWith(searchParams.get("code")!);

  expect(await said(await comeBackWith(searchParams.get("code")!))).toEqual(refused);
});

test("an address that the provider has not verified signs nobody in, and makes nobody", async () => {
  const email = newEmail();

  const response = await comeBackWith(await unverifiedCode(email));

  expect(await said(response)).toEqual(unverified);
  expect(await userOf(email)).toBeNull();
});

test("10: who comes five times with an address of another's locks it without hearing of it, and its owner has to wait", async () => {
  const email = newEmail();
  await new Browser().signIn(email);
  const codes = await Promise.all(Array.from({ length: 6 }, () => unverifiedCode(email)));
  const failed = await Promise.all(codes.map((code) => comeBackWith(code)));

  const response = await new Browser().signIn(email);

  const { id, name } = (await userOf(email))!;
  expect(failed.map(({ status }) => status)).toEqual(Array(6).fill(403));
  expect(await said(response)).toEqual([429, { success: false, error: "Too many failed sign-ins" }]);
  expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(890);
  expect([name, await sessionsOf(id).getSessionCount()]).toEqual(["Moss", 1]);
});

test("a sign-in that fails for want of something here is not held against the user", async () => {
  capture();
  const email = newEmail();
  await new Browser().signIn(email);
  const { id } = (await userOf(email))!;
  const { SESSION_SECRET: _missing, ...env } = grove;

  const response = await new Browser(undefined, env).signIn(email);

  expect(response.status).toBe(503);
  expect(await sessionsOf(id).checkLoginRateLimit()).toMatchObject({ remainingAttempts: 5 });
});

test("10: a sign-in that succeeds forgets those that failed", async () => {
  const email = newEmail();
  await new Browser().signIn(email);
  await comeBackWith(await unverifiedCode(email));

  await new Browser().signIn(email);

  expect(await sessionsOf((await userOf(email))!.id).checkLoginRateLimit()).toMatchObject({ remainingAttempts: 5 });
});

test.for<[what: string, change: object]>([
  ["no database", { DB: undefined }],
  ["a database that fails", { DB: brokenD1 }],
  ["no provider", { IDENTITY: undefined }],
  ["a provider that fails", { IDENTITY: { fetch: async () => new Response("x", { status: 500 }) } }],
  ["a provider that gives no refresh token", { IDENTITY: { fetch: async () => Response.json({ access_token: "a" }) } }],
  ["no secret", { SESSION_SECRET: undefined }],
  ["no sessions", { SESSIONS: undefined }],
])("with %s a sign-in is not available, and the cause stays here", async ([, change]) => {
  const { lines } = capture();
  const browser = new Browser();
  const { pathname, search } = await browser.goToProvider(newEmail());

  const response = await handleOAuthCallback(browser.request(`GET ${pathname}${search}`), {
    ...grove,
    ...change,
  } as never); // what a Worker may lack

  expect(await said(response)).toEqual(unavailable);
  expect(response.headers.getSetCookie().join()).not.toContain("grove_session");
  expect(lines).toMatchObject([{ do: "auth", level: "error", message: "A sign-in failed." }]);
});

test.for([
  ["another host", "redirect_uri=https%3A%2F%2Fexample.com%2F&email=m%40example.com&state=s"],
  ["nowhere", "email=m%40example.com&state=s"],
  ["for nobody", "redirect_uri=https%3A%2F%2Fauth.grove.place%2F&email=m&state=s"],
])("the provider sends nobody back to %s", async ([, query]) => {
  const response = await new Browser().ask(`GET /auth/authorize?${query}`, showProvider);

  expect(await said(response)).toEqual([400, { error: "invalid_request" }]);
});

test("without a provider there is no page of its", async () => {
  const { IDENTITY: _missing, ...env } = grove;

  expect(await said(await new Browser(undefined, env).ask("GET /auth/authorize", showProvider))).toEqual(unavailable);
});
