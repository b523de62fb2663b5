import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { alarmOf, at, fail, laptop, minute, newUser, query, seconds, start } from "./users.ts";

const rows = "SELECT * FROM rate_limits";

afterEach(() => void vi.useRealTimers());

test("a user who never failed has five attempts, and no row", async () => {
  const { user } = newUser();

  expect(await user.checkLoginRateLimit()).toEqual({ allowed: true, remainingAttempts: 5, resetAt: null });
  expect(await user.recordLoginAttempt(true)).toEqual({ allowed: true });
  expect([await query(user, rows), await alarmOf(user)]).toEqual([[], null]);
});

test("each failure takes an attempt, and the fifth locks until fifteen minutes after the first", async () => {
  const { user } = newUser();

  const first = await fail(user, 4);
  const afterFour = await user.checkLoginRateLimit();
  at(200 * seconds);
  const [fifth, sixth] = await fail(user, 2);

  expect(first).toEqual(Array(4).fill({ allowed: true }));
  expect(afterFour).toEqual({ allowed: true, remainingAttempts: 1, resetAt: null });
  expect(fifth).toEqual({ allowed: true, lockoutRemaining: 700 });
  expect(sixth).toEqual({ allowed: false, lockoutRemaining: 700 });
  expect(await user.checkLoginRateLimit()).toEqual({
    ...{ allowed: false, remainingAttempts: 0 },
    resetAt: start + 15 * minute,
  });
});

test("a lock-out lasts to its last millisecond, whatever is tried meanwhile, and across an eviction", async () => {
  const { user } = newUser();
  await fail(user, 5);
  at(10 * minute);
  await fail(user, 20);
  await evictDurableObject(user);
  at(15 * minute - 1);

  const last = await user.recordLoginAttempt(false);
  at(15 * minute);

  expect(last).toEqual({ allowed: false, lockoutRemaining: 1 });
  expect(await user.checkLoginRateLimit()).toEqual({ allowed: true, remainingAttempts: 5, resetAt: null });
});

test("after a lock-out five failures lock again", async () => {
  const { user } = newUser();
  await fail(user, 5);
  at(15 * minute);

  const attempts = await fail(user, 6);

  expect(attempts.slice(4)).toEqual([
    { allowed: true, lockoutRemaining: 900 },
    { allowed: false, lockoutRemaining: 900 },
  ]);
});

test("failures count for five minutes", async () => {
  const { user } = newUser();
  await fail(user, 4);
  at(5 * minute - 1);
  const within = await user.checkLoginRateLimit();
  at(5 * minute);

  await fail(user, 1);

  expect(within).toMatchObject({ remainingAttempts: 1 });
  expect(await query(user, rows)).toEqual([{ key: "login", count: 1, window_start: start + 5 * minute }]);
});

test("a success forgets the failures, and what would have", async () => {
  const { user } = newUser();
  await fail(user, 5);

  const success = await user.recordLoginAttempt(true);

  expect(success).toEqual({ allowed: true });
  expect(await user.checkLoginRateLimit()).toMatchObject({ remainingAttempts: 5 });
  expect([await query(user, rows), await alarmOf(user)]).toEqual([[], null]);
});

test("the row goes at the window's end, or at the lock-out's", async () => {
  const { user } = newUser();
  await fail(user, 4);
  const window = await alarmOf(user);
  await fail(user, 1);
  const lockout = await alarmOf(user);
  await evictDurableObject(user);
  at(15 * minute);

  await runDurableObjectAlarm(user);

  expect([window, lockout]).toEqual([start + 5 * minute, start + 15 * minute]);
  expect([await query(user, rows), await alarmOf(user)]).toEqual([[], null]);
});

test("the earlier of a session's end and a lock-out's comes first, and the other is kept", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 60 });
  await fail(user, 5);
  const first = await alarmOf(user);
  at(61 * seconds);

  await runDurableObjectAlarm(user);

  expect([first, await alarmOf(user)]).toEqual([start + 61 * seconds, start + 15 * minute]);
  expect(await user.checkLoginRateLimit()).toMatchObject({ allowed: false });
});
