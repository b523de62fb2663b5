import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { alarmOf, at, fail, hour, idsOf, laptop, minute, newUser, query, seconds, start, type User } from "./users.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function columnsOf(user: User): Promise<unknown[]> {
  const columns = await query(user, "SELECT name, type, \"notnull\" FROM pragma_table_info('sessions')");
  return columns.map(({ name, type, notnull }) => [name, type, notnull]);
}

test.for(["SESSIONS", "SessionFromBefore"])(
  "%s: the columns are those that were there and three for tokens",
  async (binding) => {
    const { user } = newUser(binding);

    expect(await columnsOf(user)).toEqual([
      ["id", "TEXT", 0],
      ["device_id", "TEXT", 1],
      ["device_name", "TEXT", 0],
      ["created_at", "INTEGER", 1],
      ["last_active_at", "INTEGER", 1],
      ["expires_at", "INTEGER", 1],
      ["ip_address", "TEXT", 0],
      ["user_agent", "TEXT", 0],
      ["refresh_token_enc", "TEXT", 0],
      ["access_token_hash", "TEXT", 0],
      ["access_expires_at", "INTEGER", 0],
    ]);
  },
);

test.for(["SESSIONS", "SessionFromBefore"])("%s: the tables have the indexes and keys of the page", async (binding) => {
  const { user } = newUser(binding);

  const indexes = await query(
    user,
    "SELECT name, sql FROM sqlite_master WHERE name LIKE 'idx\\_%' ESCAPE '\\' ORDER BY name",
  );
  const limits = await query(user, "SELECT name, type, dflt_value AS value, pk FROM pragma_table_info('rate_limits')");

  expect(indexes.map(({ name, sql }) => [name, String(sql).split(" ON ")[1]])).toEqual([
    ["idx_sessions_device", "sessions(device_id)"],
    ["idx_sessions_expires", "sessions(expires_at)"],
  ]);
  expect(limits).toEqual([
    { name: "key", type: "TEXT", value: null, pk: 1 },
    { name: "count", type: "INTEGER", value: "0", pk: 0 },
    { name: "window_start", type: "INTEGER", value: null, pk: 0 },
  ]);
});

test("a session from before tokens is valid, nothing renews it, and it is listed by another name than none", async () => {
  const { user, userId } = newUser("SessionFromBefore");
  const session = {
    ...{ id: "old", deviceId: "phone", deviceName: "Unknown Device", ipAddress: "::1", userAgent: null },
    ...{ createdAt: start, lastActiveAt: start, expiresAt: start + minute },
  };

  expect(await user.validateSession("old")).toEqual({ valid: true, session, userId, needsRefresh: false });
  expect(await user.refreshSession("old")).toBeNull();
  expect(await user.listSessions()).toEqual([session]);
});

test("a lock-out from before holds, and ends when it says", async () => {
  const { user } = newUser("SessionFromBefore");
  const locked = await user.recordLoginAttempt(false);
  at(15 * minute);

  expect(locked).toEqual({ allowed: false, lockoutRemaining: 900 });
  expect(await user.recordLoginAttempt(false)).toEqual({ allowed: true });
});

test("new sessions and tokens go beside those from before", async () => {
  const { user } = newUser("SessionFromBefore");
  const { sessionId } = await user.createSession({ ...laptop, refreshToken: "refresh" });
  await evictDurableObject(user);

  expect(new Set(await idsOf(user))).toEqual(new Set(["old", sessionId]));
  expect(await alarmOf(user)).toBe(start + minute + 1_000);
});

test("the alarm that an object from before has set cleans up, and the next one is set", async () => {
  capture();
  const { user } = newUser("SessionFromBefore");
  await runInDurableObject(user, (_, { storage }) => storage.setAlarm(start + minute + 1_000));
  await query(
    user,
    "INSERT INTO sessions (id, device_id, created_at, last_active_at, expires_at) VALUES ('late', 'd', 0, 0, ?)",
    start + hour,
  );
  at(minute + 1_000);

  await runDurableObjectAlarm(user);

  expect(await query(user, "SELECT id FROM sessions")).toEqual([{ id: "late" }]);
  expect(await alarmOf(user)).toBe(start + hour + 1_000);
});

/** How many rows a call writes. */
async function cost(user: User, call: () => Promise<unknown>): Promise<number> {
  const written = () => query(user, "SELECT total_changes() AS n").then(([row]) => row!["n"] as number);
  const before = await written();
  await call();
  return (await written()) - before;
}

test("a check within the minute, a list, a count and an unknown id write nothing", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  await evictDurableObject(user);
  at(30 * seconds);

  const written = await cost(user, async () => {
    await user.validateSession(sessionId);
    await user.listSessions();
    await user.getSessionCount();
    await user.checkLoginRateLimit();
    await user.recordLoginAttempt(true);
    await user.revokeSession("nobody's");
    await user.revokeAllSessions(sessionId);
  });

  expect(written).toBe(0);
});

test("an attempt during a lock-out writes nothing", async () => {
  const { user } = newUser();
  await fail(user, 5);

  expect(await cost(user, () => fail(user, 10))).toBe(0);
});

test("a check after a minute writes one row", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  at(minute);

  expect(await cost(user, () => user.validateSession(sessionId))).toBe(1);
});
