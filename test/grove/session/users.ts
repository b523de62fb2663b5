import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { SessionDO } from "../../../examples/grove/objects/session.ts";
import type { NewSession } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

export type User = DurableObjectStub<SessionDO>;

export const start = Date.UTC(2030, 0, 1);
export const seconds = 1_000;
export const minute = 60 * seconds;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What a browser signs in with. */
export const laptop = {
  ...{ deviceId: "laptop", deviceName: "Firefox on Linux", ipAddress: "192.0.2.1", userAgent: "Mozilla/5.0" },
  expiresInSeconds: 3_600,
} satisfies NewSession;

/** Sets the clock to so many milliseconds after the start. */
export function at(offset: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: start + offset });
}

/** A user nobody knows yet, and the object that has its sessions. */
export function newUser(binding = "SESSIONS") {
  at(0);
  const userId = crypto.randomUUID();
  const namespace = grove[binding] as unknown as DurableObjectNamespace<SessionDO>; // SessionDO, or a subclass of it
  return { userId, user: namespace.getByName(`session:${userId}`) };
}

/** Signs devices in, one after another, a second apart: their ids. */
export async function signIn(user: User, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (const number of Array(count).keys()) {
    at(number * seconds);
    ids.push((await user.createSession({ ...laptop, deviceId: `device-${number}` })).sessionId);
  }
  return ids;
}

export async function idsOf(user: User): Promise<string[]> {
  return (await user.listSessions()).map(({ id }) => id);
}

/** Runs a statement behind the object's back. */
export function query(user: User, statement: string, ...bindings: unknown[]): Promise<Record<string, unknown>[]> {
  return runInDurableObject(user, (_, { storage }) => storage.sql.exec(statement, ...bindings).toArray());
}

export function alarmOf(user: User): Promise<number | null> {
  return runInDurableObject(user, (_, { storage }) => storage.getAlarm());
}

/** All that the object has on disk, as text. */
export function dump(user: User): Promise<string> {
  return runInDurableObject(user, async (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
    );
    const rows = tables.toArray().map(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray());
    return JSON.stringify([rows, [...(await storage.list())]]);
  });
}

/** Fails `count` times to sign in. */
export async function fail(user: User, count: number) {
  const attempts = [];
  for (const _ of Array(count).keys()) attempts.push(await user.recordLoginAttempt(false));
  return attempts;
}
