import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { ask, grove, noRoute } from "../support/grove.ts";
import { failureOf } from "../../support/failure.ts";
import type { SessionDO } from "../../../examples/grove/objects/session.ts";
import { alarmOf, at, day, hour, idsOf, laptop, minute, newUser, query, seconds, signIn, start } from "./users.ts";

const unknown = "00000000-0000-4000-8000-000000000000";
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(() => void vi.useRealTimers());

test("createSession gives an id that nobody can guess, and no token without a refresh token", async () => {
  const { user } = newUser();

  const created = await user.createSession(laptop);

  expect(created).toEqual({ sessionId: expect.stringMatching(uuid) });
});

test("validateSession gives the session, its user, and whether its access is to be renewed", async () => {
  const { user, userId } = newUser();
  const { sessionId } = await user.createSession(laptop);

  const check = await user.validateSession(sessionId);

  expect(check).toEqual({
    ...{ valid: true, userId, needsRefresh: false },
    session: {
      ...{ id: sessionId, deviceId: "laptop", deviceName: "Firefox on Linux" },
      ...{ createdAt: start, lastActiveAt: start, expiresAt: start + hour },
      ...{ ipAddress: "192.0.2.1", userAgent: "Mozilla/5.0" },
    },
  });
});

test("a session is known after an eviction", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);

  await evictDurableObject(user);

  expect(await user.validateSession(sessionId)).toMatchObject({ valid: true, session: { id: sessionId } });
});

test("a session ends when it says, to the millisecond", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  at(hour - 1);
  const before = await user.validateSession(sessionId);
  at(hour);

  expect(before.valid).toBe(true);
  expect(await user.validateSession(sessionId)).toEqual({ valid: false });
  expect(await idsOf(user)).toEqual([]);
  expect(await user.getSessionCount()).toBe(0);
  expect(await user.extendSession(sessionId, 60)).toBe(false);
  expect(await user.refreshSession(sessionId)).toBeNull();
});

test("an id that nobody has is no error", async () => {
  const { user } = newUser();

  const answers = [
    await user.validateSession(unknown),
    await user.refreshSession(unknown),
    await user.revokeSession(unknown),
    await user.extendSession(unknown, 60),
    await user.verifyAccessToken(unknown, "token"),
    await user.validateSession(""),
    await user.revokeAllSessions(unknown),
  ];

  expect(answers).toEqual([{ valid: false }, null, false, false, false, { valid: false }, 0]);
});

test("a user without sessions has none, and no alarm", async () => {
  const { user } = newUser();

  expect([await user.listSessions(), await user.getSessionCount(), await alarmOf(user)]).toEqual([[], 0, null]);
});

test("lastActiveAt is written once a minute, and not when the caller says so", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  const activeAt = async () => (await query(user, "SELECT last_active_at FROM sessions"))[0]!["last_active_at"];

  at(minute - 1);
  await user.validateSession(sessionId);
  const early = await activeAt();
  at(minute);
  await user.validateSession(sessionId, false);
  const unasked = await activeAt();
  const check = await user.validateSession(sessionId);

  expect([early, unasked, await activeAt()]).toEqual([start, start, start + minute]);
  expect(check).toMatchObject({ session: { lastActiveAt: start + minute } });
});

test("listSessions shows what was used last first", async () => {
  const { user } = newUser();
  const [first, second, third] = await signIn(user, 3);
  at(2 * minute);
  await user.validateSession(second!);

  expect(await idsOf(user)).toEqual([second, third, first]);
});

test("revokeSession ends one session, once", async () => {
  const { user } = newUser();
  const [first, second] = await signIn(user, 2);

  expect([await user.revokeSession(first!), await user.revokeSession(first!)]).toEqual([true, false]);
  expect(await idsOf(user)).toEqual([second]);
});

test("revokeAllSessions ends all of them, expired ones too, and says how many", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 1 });
  await user.createSession(laptop);
  at(1.5 * seconds);

  expect(await user.revokeAllSessions()).toBe(2);
  expect(await user.revokeAllSessions()).toBe(0);
  expect(await user.getSessionCount()).toBe(0);
});

test("revokeAllSessions leaves the one that is named", async () => {
  const { user } = newUser();
  const [first, second] = await signIn(user, 3);

  expect(await user.revokeAllSessions(second)).toBe(2);
  expect(await idsOf(user)).toEqual([second]);
  expect(first).not.toBe(second);
});

test("what is asked first is done first: a session being made is among those that are ended", async () => {
  const { user } = newUser();

  const [{ sessionId }, count] = await runInDurableObject(user, (object: SessionDO) =>
    // In one turn: when the second comes, the first still encrypts.
    Promise.all([object.createSession({ ...laptop, refreshToken: "refresh" }), object.revokeAllSessions()]),
  );

  expect(count).toBe(1);
  expect(await user.validateSession(sessionId)).toEqual({ valid: false });
});

test("the eleventh session takes the place of the one used longest ago", async () => {
  const { user } = newUser();
  const ids = await signIn(user, 10);
  at(2 * minute);
  await user.validateSession(ids[0]!);

  const { sessionId } = await user.createSession(laptop);

  expect(new Set(await idsOf(user))).toEqual(new Set([sessionId, ids[0], ...ids.slice(2)]));
});

test("among sessions that were never used the oldest goes", async () => {
  const { user } = newUser();
  const ids = await signIn(user, 11);

  expect(await idsOf(user)).toEqual(ids.slice(1).reverse());
});

test("an expired session takes nobody's place", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 11 });
  const ids = await signIn(user, 9);
  at(11 * seconds);

  await user.createSession(laptop);

  expect(await idsOf(user)).toEqual(expect.arrayContaining(ids));
});

test("extendSession adds to what is left, up to a year in all", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  const expiresAt = async () => (await user.listSessions())[0]!.expiresAt;

  expect(await user.extendSession(sessionId, 60)).toBe(true);
  const extended = [await expiresAt(), await alarmOf(user)];
  expect(await user.extendSession(sessionId, 1e300)).toBe(true);

  expect(extended).toEqual([start + hour + minute, start + hour + minute + 1_000]);
  expect(await expiresAt()).toBe(start + 365 * day);
});

test("the clean-up comes a second after the next session's end, deletes it and waits for the one after", async () => {
  const { user } = newUser();
  await user.createSession({ ...laptop, expiresInSeconds: 7_200 });
  await user.createSession(laptop);
  const first = await alarmOf(user);
  await evictDurableObject(user);
  at(hour + 1_000);
  await runDurableObjectAlarm(user);
  const [left, second] = [await query(user, "SELECT id FROM sessions"), await alarmOf(user)];
  at(2 * hour + 1_000);

  await runDurableObjectAlarm(user);

  expect([first, second]).toEqual([start + hour + 1_000, start + 2 * hour + 1_000]);
  expect(left).toHaveLength(1);
  expect(await query(user, "SELECT id FROM sessions")).toEqual([]);
  expect(await alarmOf(user)).toBeNull();
});

test("an object whose sessions are revoked has no alarm, or the next one's", async () => {
  const { user } = newUser();
  const { sessionId } = await user.createSession(laptop);
  await user.createSession({ ...laptop, expiresInSeconds: 7_200 });

  await user.revokeSession(sessionId);
  const afterOne = await alarmOf(user);
  await user.revokeAllSessions();

  expect(afterOne).toBe(start + 2 * hour + 1_000);
  expect(await alarmOf(user)).toBeNull();
});

test("an object without a user's name keeps nothing", async () => {
  const nameless = grove.SESSIONS.get(grove.SESSIONS.newUniqueId()) as DurableObjectStub<SessionDO>;

  expect(await failureOf(nameless.createSession(laptop))).toMatchObject({ code: "GROVE-SESSION-001", status: 400 });
  expect(await nameless.getSessionCount()).toBe(0);
});

test("there is nothing behind HTTP", async () => {
  expect(await ask(newUser().user, "GET /sessions")).toEqual(noRoute);
});

test("only what the page names can be called", async () => {
  const { user } = newUser();
  const hidden = user as unknown as Record<"expire" | "forgetFailures" | "createTables", () => Promise<unknown>>; // not in the type

  expect(await failureOf(hidden.expire())).toBeInstanceOf(TypeError);
  expect(await failureOf(hidden.forgetFailures())).toBeInstanceOf(TypeError);
  expect(await failureOf(hidden.createTables())).toBeInstanceOf(TypeError);
});
