import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { given } from "../../fixtures/grove/session.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { grove } from "../support/grove.ts";
import { at, dump, hour, idsOf, laptop, minute, newUser, query, type User } from "./users.ts";

const withToken = { ...laptop, expiresInSeconds: 7_200, refreshToken: "the-refresh-token" };

beforeEach(() => void Object.assign(given, { current: "first", previous: undefined, fetch: undefined }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A user that is signed in, without a provider unless a test gives one. */
async function signedIn() {
  const { user } = newUser("SessionOnOwnEnv");
  const { sessionId, accessToken } = await user.createSession(withToken);
  return { user, sessionId, accessToken: accessToken! };
}

/** Deploys the class with other secrets. */
async function rotate(user: User, current: string | undefined, previous?: string) {
  Object.assign(given, { current, previous });
  await evictDurableObject(user);
}

/** A provider that answers so. */
function providerSays(status: number, body: unknown) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => Response.json(body, { status }));
  given.fetch = fetch as unknown as Fetcher["fetch"];
  return fetch;
}

/** A provider that answers once it is released. */
function holdProvider() {
  const gate = Promise.withResolvers<void>();
  const fetch = providerSays(200, {});
  fetch.mockImplementation(async () => {
    await gate.promise;
    return Response.json({ access_token: "a", refresh_token: "r" });
  });
  return { fetch, release: gate.resolve };
}

async function sealedOf(user: User): Promise<string> {
  return (await query(user, "SELECT refresh_token_enc FROM sessions"))[0]!["refresh_token_enc"] as string;
}

test("a refresh token brings an access token of 256 bits, which lives for an hour", async () => {
  const { user, sessionId, accessToken } = await signedIn();

  at(hour - 1);
  const before = await user.verifyAccessToken(sessionId, accessToken);
  at(hour);

  expect(accessToken).toMatch(/^[\w-]{43}$/);
  expect(before).toBe(true);
  expect(await user.verifyAccessToken(sessionId, accessToken)).toBe(false);
});

test("nothing on disk shows a token, neither after it was made nor after it was renewed", async () => {
  const { user, sessionId, accessToken } = await signedIn();
  const made = await dump(user);

  const renewed = await user.refreshSession(sessionId);
  const all = made + (await dump(user));

  expect(made).toContain(sessionId);
  expect(all).not.toContain("the-refresh-token");
  expect(all).not.toContain(btoa("the-refresh-token").replaceAll("=", ""));
  expect(all).not.toContain(accessToken);
  expect(all).not.toContain(renewed!.accessToken);
});

test("needsRefresh is said from under a minute before the access token's end", async () => {
  const { user, sessionId } = await signedIn();
  const needs = async () => (await user.validateSession(sessionId)) as { readonly needsRefresh: boolean };

  at(hour - minute);
  const before = await needs();
  at(hour - minute + 1);

  expect([before, await needs()]).toMatchObject([{ needsRefresh: false }, { needsRefresh: true }]);
});

test("a refreshed session has another access token, for an hour from then, and the one before is none", async () => {
  const { user, sessionId, accessToken } = await signedIn();
  at(hour);

  const renewed = await user.refreshSession(sessionId);

  expect(renewed).toEqual({ accessToken: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 3_600 });
  expect(await user.verifyAccessToken(sessionId, accessToken)).toBe(false);
  expect(await user.verifyAccessToken(sessionId, renewed!.accessToken)).toBe(true);
  expect(await user.validateSession(sessionId)).toMatchObject({ needsRefresh: false });
});

test("a session without a refresh token has no access to renew", async () => {
  const { user } = newUser("SessionOnOwnEnv");
  const { sessionId } = await user.createSession(laptop);
  at(hour - 1);

  expect(await user.validateSession(sessionId)).toMatchObject({ valid: true, needsRefresh: false });
  expect(await user.refreshSession(sessionId)).toBeNull();
  expect(await user.validateSession(sessionId)).toMatchObject({ valid: true });
});

test("two that refresh at once are given the same token, and the provider is asked once", async () => {
  const { fetch, release } = holdProvider();
  const { user, sessionId } = await signedIn();

  const both = [user.refreshSession(sessionId), user.refreshSession(sessionId)];
  await user.getSessionCount(); // calls arrive in their order: both are there
  release();
  const [one, other] = await Promise.all(both);

  expect(one).toEqual(other);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(await user.verifyAccessToken(sessionId, one!.accessToken)).toBe(true);
});

test.for<[what: string, end: (user: User, sessionId: string) => Promise<unknown>]>([
  ["revoked", async (user, sessionId) => user.revokeSession(sessionId)],
  ["revoked with all others", async (user) => user.revokeAllSessions()],
  ["over", async () => at(2 * hour)],
])("a session that is %s while it is being refreshed stays so", async ([, end]) => {
  const { release } = holdProvider();
  const { user, sessionId } = await signedIn();

  const refreshed = user.refreshSession(sessionId);
  await user.getSessionCount(); // it has begun
  await end(user, sessionId);
  release();

  expect(await refreshed).toBeNull();
  expect(await idsOf(user)).toEqual([]);
});

test("the secret before the current one still opens, and what is refreshed is sealed with the current", async () => {
  const { user, sessionId } = await signedIn();
  const first = await sealedOf(user);
  await rotate(user, "second", "first");

  const renewed = await user.refreshSession(sessionId);
  const second = await sealedOf(user);
  await rotate(user, "second");

  expect(renewed).not.toBeNull();
  expect(second.split(".")[0]).not.toBe(first.split(".")[0]);
  expect(await user.refreshSession(sessionId)).not.toBeNull();
});

test("without the secret that sealed it a session is not renewed, is logged and kept, and renewed once it is back", async () => {
  const { lines } = capture();
  const { user, sessionId } = await signedIn();
  await rotate(user, "third", "second");

  const meanwhile = await user.refreshSession(sessionId);
  await rotate(user, "third", "first");

  expect(meanwhile).toBeNull();
  expect(lines).toMatchObject([{ level: "error", session: sessionId }]);
  expect(await user.refreshSession(sessionId)).not.toBeNull();
});

test("what was sealed for one session does not open for another", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { user, sessionId } = await signedIn();
  const { sessionId: other } = await user.createSession(withToken);

  await query(
    user,
    "UPDATE sessions SET refresh_token_enc = (SELECT refresh_token_enc FROM sessions WHERE id = ?)",
    sessionId,
  );

  expect(await user.refreshSession(other)).toBeNull();
  expect(await user.refreshSession(sessionId)).not.toBeNull();
});

test.for(["", "x", "a.b.c", "..", "%.%.%"])("what was changed on disk renews nothing: %j", async (sealed) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { user, sessionId } = await signedIn();
  await query(user, "UPDATE sessions SET refresh_token_enc = ?", sealed);

  expect(await user.refreshSession(sessionId)).toBeNull();
});

test("the same token is sealed differently each time", async () => {
  const { user, sessionId } = await signedIn();
  const first = await sealedOf(user);

  await user.refreshSession(sessionId);

  expect(await sealedOf(user)).not.toBe(first);
});

test.for([undefined, ""])("with %j for a secret refresh tokens are refused, and all else works", async (secret) => {
  given.current = secret;
  const { user } = newUser("SessionOnOwnEnv");

  expect(await failureOf(user.createSession(withToken))).toMatchObject({ code: "GROVE-SESSION-002", status: 503 });
  expect(await idsOf(user)).toEqual([]);
  const { sessionId } = await user.createSession(laptop);
  expect(await user.validateSession(sessionId)).toMatchObject({ valid: true });
  expect(await user.recordLoginAttempt(false)).toEqual({ allowed: true });
});

test("the provider is asked with the token, and the one that it gives is asked with next", async () => {
  const fetch = providerSays(200, { access_token: "a", refresh_token: "the-second-token" });
  const { user, sessionId } = await signedIn();

  await user.refreshSession(sessionId);
  await user.refreshSession(sessionId);

  const bodies = fetch.mock.calls.map(([, { body }]) => String(body));
  expect(bodies).toEqual(
    ["the-refresh-token", "the-second-token"].map((token) => `grant_type=refresh_token&refresh_token=${token}`),
  );
});

test("a provider that gives no other token is asked with the same again", async () => {
  const fetch = providerSays(200, { access_token: "a" });
  const { user, sessionId } = await signedIn();

  await user.refreshSession(sessionId);
  await user.refreshSession(sessionId);

  expect(String(fetch.mock.calls[1]![1].body)).toContain("the-refresh-token");
});

test("a session ends when the provider has withdrawn what renews it", async () => {
  providerSays(400, { error: "invalid_grant" });
  const { user, sessionId } = await signedIn();

  expect(await user.refreshSession(sessionId)).toBeNull();
  expect(await user.validateSession(sessionId)).toEqual({ valid: false });
});

test.for<[number, unknown]>([
  [500, {}],
  [503, { error: "invalid_client" }],
  [401, { error: "invalid_client" }],
  [400, "no"],
  [200, {}],
])("a provider that answers %d %j leaves the session as it is", async ([status, body]) => {
  providerSays(status, body);
  const { user, sessionId, accessToken } = await signedIn();

  const failure = await failureOf(user.refreshSession(sessionId));

  expect(failure).toMatchObject({ code: "GROVE-SESSION-003", status: 503 });
  expect((failure as Error).message).not.toContain("the-refresh-token");
  expect(await user.verifyAccessToken(sessionId, accessToken)).toBe(true);
});

test("the provider behind the binding renews a token once, and the next with what it gave", async () => {
  const { user } = newUser();
  const person = { email: "moss@example.com", name: "Moss", email_verified: true };
  const refreshToken = crypto.randomUUID();
  await grove["GRANTS" as "KV"].put(`refresh:${refreshToken}`, JSON.stringify(person));
  const { sessionId } = await user.createSession({ ...withToken, refreshToken });

  const renewals = [await user.refreshSession(sessionId), await user.refreshSession(sessionId)];

  expect(renewals).toMatchObject([{ expiresIn: 3_600 }, { expiresIn: 3_600 }]);
  expect(await grove["GRANTS" as "KV"].get(`refresh:${refreshToken}`)).toBeNull();
});
