import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { sessionCookie } from "../../../examples/grove/auth/session-cookie.ts";
import { validateAuth } from "../../../examples/grove/auth/validate-auth.ts";
import type { SessionDO } from "../../../examples/grove/objects/session.ts";
import { given } from "../../fixtures/grove/session.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { brokenD1, Browser, grants, signedIn } from "./browser.ts";

beforeAll(prepareDatabase);
afterEach(() => {
  given.fetch = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const onOwnEnv = grove["SessionOnOwnEnv"] as unknown as DurableObjectNamespace<SessionDO>; // a subclass of it

/** The refresh tokens that the provider has given for an address. */
async function refreshKeysOf(email: string): Promise<string[]> {
  const { keys } = await grants.list({ prefix: "refresh:" });
  const people = await Promise.all(keys.map(({ name }) => grants.get<{ email: string }>(name, "json")));
  return keys.map(({ name }) => name).filter((_, at) => people[at]?.email === email);
}

/** An hour on: access is to be renewed. */
function anHourLater() {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
}

/** The database, counting what it is asked. */
function countedD1() {
  const prepare = vi.fn((query: string) => grove.DB.prepare(query));
  return { prepare, env: { ...grove, DB: { prepare } as unknown as D1Database } }; // what the Worker uses of it
}

test("who is signed in is known, and nobody else", async () => {
  const { lines } = capture();
  const { browser, email, user } = await signedIn();

  expect(await validateAuth(browser.request("GET /"), grove)).toEqual({ id: user!.id, email, name: "Moss" });
  expect(await validateAuth(new Browser().request("GET /"), grove)).toBeNull();
  expect(lines).toEqual([]);
});

test("the cookie of a session that was revoked is good for nothing", async () => {
  const { browser, user } = await signedIn();
  await grove.SESSIONS.getByName(`session:${user!.id}`).revokeAllSessions();

  expect(await validateAuth(browser.request("GET /"), grove)).toBeNull();
});

test("a user whom D1 does not have is nobody", async () => {
  const { browser, user } = await signedIn();
  await grove.DB.prepare("DELETE FROM users WHERE id = ?").bind(user!.id).run();

  expect(await validateAuth(browser.request("GET /"), countedD1().env)).toBeNull();
});

test("D1 is asked once in a minute", async () => {
  const { browser } = await signedIn();
  const { env, prepare } = countedD1();
  await validateAuth(browser.request("GET /"), env);
  await Promise.all(Array.from({ length: 4 }, () => validateAuth(browser.request("GET /"), env)));
  const within = prepare.mock.calls.length;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });

  await validateAuth(browser.request("GET /"), env);

  expect([within, prepare.mock.calls.length]).toEqual([1, 2]);
});

test("access that ends is renewed with the provider, once", async () => {
  const { browser, email } = await signedIn();
  const first = await refreshKeysOf(email);
  anHourLater();

  const users = [await validateAuth(browser.request("GET /"), grove)];
  const second = await refreshKeysOf(email);
  users.push(await validateAuth(browser.request("GET /"), grove));

  expect(users).toMatchObject([{ name: "Moss" }, { name: "Moss" }]);
  expect(second).not.toEqual(first);
  expect(await refreshKeysOf(email)).toEqual(second);
});

test("when the provider has withdrawn access nobody is signed in", async () => {
  const { browser, email } = await signedIn();
  await Promise.all((await refreshKeysOf(email)).map((name) => grants.delete(name)));
  anHourLater();

  expect(await validateAuth(browser.request("GET /"), grove)).toBeNull();
});

test("while the provider is away who is signed in stays so, and the log says it", async () => {
  const { lines } = capture();
  const { browser, user } = await signedIn();
  given.fetch = async () => new Response("{}", { status: 500 });
  const object = onOwnEnv.getByName(`session:${user!.id}`);
  const { sessionId } = await object.createSession({ deviceId: "d", expiresIn: 7_200, refreshToken: "token" });
  const cookie = await sessionCookie(browser.request("GET /"), grove, { userId: user!.id, sessionId });
  browser.cookies.set("grove_session", /^grove_session=([^;]+)/.exec(cookie)![1]!);
  anHourLater();

  const found = await validateAuth(browser.request("GET /"), { ...grove, SESSIONS: onOwnEnv });

  expect(found).toMatchObject({ name: "Moss" });
  expect(lines).toMatchObject([{ do: "auth", level: "error", message: "A session could not be renewed." }]);
});

test.for<[what: string, change: object]>([
  ["no database", { DB: undefined }],
  ["a database that fails", { DB: brokenD1 }],
  ["no sessions", { SESSIONS: undefined }],
  [
    "an object that fails",
    { SESSIONS: { getByName: () => ({ validateSession: () => Promise.reject(new Error("x")) }) } },
  ],
])("with %s nobody is signed in, and the log says why", async ([, change]) => {
  const { browser } = await signedIn();
  const { lines } = capture();

  expect(await validateAuth(browser.request("GET /"), { ...grove, ...change } as never)).toBeNull(); // what may fail
  expect(lines).toMatchObject([{ do: "auth", level: "error", message: "Nobody could say who asks: nobody does." }]);
});

test("without a secret nobody is signed in", async () => {
  const { browser } = await signedIn();
  const { SESSION_SECRET: _missing, ...env } = grove;

  expect(await validateAuth(browser.request("GET /"), env)).toBeNull();
});
