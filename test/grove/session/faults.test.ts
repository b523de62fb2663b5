import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { failureOf } from "../../support/failure.ts";
import { alarmOf, at, fail, idsOf, laptop, minute, newUser, query, seconds, signIn, start } from "./users.ts";

// What the object did before it was built on Loom: none of it is to come back. The tenth, that nobody called the
// throttle and `extendSession`, is in ../auth/callback.test.ts and ../auth/routes.test.ts.

afterEach(() => void vi.useRealTimers());

test("1: a lock-out of fifteen minutes is not over after five", async () => {
  const { user } = newUser();
  await fail(user, 5);
  at(301 * seconds);

  expect(await user.checkLoginRateLimit()).toEqual({
    ...{ allowed: false, remainingAttempts: 0 },
    resetAt: start + 15 * minute,
  });
});

test("2: failures lock also after the first five minutes", async () => {
  const { user } = newUser();
  await fail(user, 1);
  at(301 * seconds);

  await fail(user, 20);

  expect(await user.checkLoginRateLimit()).toMatchObject({
    allowed: false,
    resetAt: start + 301 * seconds + 15 * minute,
  });
});

test("3: of attempts made at once five are allowed", async () => {
  const { user } = newUser();

  const attempts = await Promise.all(Array.from({ length: 20 }, () => user.recordLoginAttempt(false)));

  expect(attempts.filter(({ allowed }) => allowed)).toHaveLength(5);
});

test("4: the clean-up of the last session leaves a lock-out in force", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 1 });
  await fail(user, 5);
  at(2 * seconds);

  await runDurableObjectAlarm(user);

  expect(await user.checkLoginRateLimit()).toMatchObject({ allowed: false });
});

test("4: the failures of a user without a session do not live for ever", async () => {
  const { user } = newUser();
  await fail(user, 1);
  at(5 * minute);

  expect(await runDurableObjectAlarm(user)).toBe(true);
  expect(await query(user, "SELECT * FROM rate_limits")).toEqual([]);
});

test("5: a session that is dead when it is made is refused", async () => {
  const { user } = newUser();

  const failure = await failureOf(user.createSession({ ...laptop, expiresInSeconds: -5 }));

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", message: expect.stringContaining("expiresInSeconds") });
});

test.for([{ ...laptop, deviceId: undefined }, "abc"])("5: no SQL is told to who sends %j", async (input) => {
  const { user } = newUser();

  const { message } = (await failureOf(user.createSession(input as never))) as Error; // what the types forbid

  expect(message).toMatch(/^GROVE-LOOM-024: @Rpc createSession: \[0/);
  expect(message).not.toMatch(/constraint|sessions\.|SQL/);
});

test("6: what went is counted by the rows that went, whatever indices they were in", async () => {
  const { user } = newUser();
  await signIn(user, 9);

  expect(await user.revokeAllSessions()).toBe(9);
});

test("7: an expired session is gone with the next that is made, and counted by nobody then", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 1 });
  at(seconds);

  await user.createSession(laptop);

  expect([await user.getSessionCount(), await user.revokeAllSessions()]).toEqual([1, 1]);
});

test("7: the clean-up leaves nothing of what has expired", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 1 });
  at(2 * seconds);
  await runDurableObjectAlarm(user);

  expect([await user.getSessionCount(), await user.revokeAllSessions(), await alarmOf(user)]).toEqual([0, 0, null]);
});

test("8: the oldest session stays while it is in use, and all that are too many go", async () => {
  const { user } = newUser();
  const ids = await signIn(user, 10);
  await query(
    user,
    `INSERT INTO sessions (id, device_id, created_at, last_active_at, expires_at)
     SELECT 'more-' || id, 'd', created_at, created_at - 1000000, expires_at FROM sessions`,
  );
  at(2 * minute);
  await user.validateSession(ids[0]!);

  const { sessionId } = await user.createSession(laptop);

  expect(new Set(await idsOf(user))).toEqual(new Set([sessionId, ids[0], ...ids.slice(2)]));
});

test("9: the tables are there before any call", async () => {
  const { user } = newUser();

  const names = await runInDurableObject(user, (_, { storage }) =>
    storage.sql
      .exec("SELECT name FROM sqlite_master WHERE name IN ('sessions', 'rate_limits') ORDER BY name")
      .toArray(),
  );

  expect(names).toEqual([{ name: "rate_limits" }, { name: "sessions" }]);
});
