import { afterEach, expect, test, vi } from "vitest";
import type { NewSession } from "../../../examples/grove/types.ts";
import { failureOf } from "../../support/failure.ts";
import { alarmOf, at, hour, laptop, newUser, query, start, type User } from "./users.ts";

const year = 31_536_000;

afterEach(() => void vi.useRealTimers());

/** What a call that the types forbid is answered with. */
function call(user: User, method: string, ...args: unknown[]): Promise<unknown> {
  const methods = user as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>; // whatever callers send
  return failureOf(methods[method]!(...args));
}

test.for<[field: string, change: object]>([
  ["deviceId", { deviceId: undefined }],
  ["deviceId", { deviceId: "" }],
  ["deviceId", { deviceId: 7 }],
  ["deviceId", { deviceId: "d".repeat(129) }],
  ["deviceName", { deviceName: "n".repeat(201) }],
  ["deviceName", { deviceName: null }],
  ["ipAddress", { ipAddress: 7 }],
  ["userAgent", { userAgent: {} }],
  ["expiresInSeconds", { expiresInSeconds: undefined }],
  ["expiresInSeconds", { expiresInSeconds: 0.999 }],
  ["expiresInSeconds", { expiresInSeconds: year + 1 }],
  ["expiresInSeconds", { expiresInSeconds: Infinity }],
  ["expiresInSeconds", { expiresInSeconds: NaN }],
  ["expiresInSeconds", { expiresInSeconds: "60" }],
  ["expiresIn", { expiresIn: 0 }],
  ["refreshToken", { refreshToken: "" }],
  ["refreshToken", { refreshToken: "r".repeat(16_385) }],
  ["refreshToken", { refreshToken: null }],
])("%s is refused by its name, and nothing is kept: %j", async ([field, change]) => {
  const { user } = newUser();

  const failure = await call(user, "createSession", { ...laptop, ...change });

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect((failure as Error).message).toContain(`[0.${field}]`);
  expect(await query(user, "SELECT id FROM sessions")).toEqual([]);
  expect(await alarmOf(user)).toBeNull();
});

test.for<[method: string, args: unknown[], place: string]>([
  ["createSession", ["abc"], "[0]"],
  ["createSession", [null], "[0]"],
  ["createSession", [], "[0]"],
  ["validateSession", [7], "[0]"],
  ["validateSession", ["id", "yes"], "[1]"],
  ["refreshSession", [null], "[0]"],
  ["revokeSession", [{}], "[0]"],
  ["revokeAllSessions", [7], "[0]"],
  ["extendSession", ["id", 0], "[1]"],
  ["extendSession", ["id", -1], "[1]"],
  ["extendSession", ["id", Infinity], "[1]"],
  ["extendSession", ["id", NaN], "[1]"],
  ["extendSession", ["id"], "[1]"],
  ["recordLoginAttempt", ["true"], "[0]"],
  ["recordLoginAttempt", [], "[0]"],
  ["verifyAccessToken", ["id", undefined], "[1]"],
  ["listSessions", ["surplus"], "Expected 0 arguments"],
])("%s refuses %j", async ([method, args, place]) => {
  const failure = await call(newUser().user, method, ...args);

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect((failure as Error).message).toContain(place);
});

test.for<[what: string, change: Partial<NewSession>, kept: object]>([
  ["a deviceId of 128", { deviceId: "d".repeat(128) }, { deviceId: "d".repeat(128) }],
  ["a deviceName of 200", { deviceName: "n".repeat(200) }, { deviceName: "n".repeat(200) }],
  ["no deviceName", { deviceName: undefined }, { deviceName: "Unknown Device" }],
  ["an empty deviceName", { deviceName: "" }, { deviceName: "Unknown Device" }],
  ["an ipAddress of 64", { ipAddress: "i".repeat(64) }, { ipAddress: "i".repeat(64) }],
  ["an ipAddress of 65, cut", { ipAddress: "i".repeat(65) }, { ipAddress: "i".repeat(64) }],
  ["a userAgent of 512", { userAgent: "u".repeat(512) }, { userAgent: "u".repeat(512) }],
  ["a userAgent of 513, cut", { userAgent: "u".repeat(513) }, { userAgent: "u".repeat(512) }],
  ["neither address nor browser", { ipAddress: null, userAgent: undefined }, { ipAddress: null, userAgent: null }],
  ["a life of a second", { expiresInSeconds: 1 }, { expiresAt: start + 1_000 }],
  ["a life of a second and a half", { expiresInSeconds: 1.5 }, { expiresAt: start + 1_500 }],
  ["a life of a year", { expiresInSeconds: year }, { expiresAt: start + year * 1_000 }],
  ["the life's other name", { expiresInSeconds: undefined, expiresIn: 60 }, { expiresAt: start + 60_000 }],
  ["both names, of which the first counts", { expiresIn: 60 }, { expiresAt: start + hour }],
])("%s", async ([, change, kept]) => {
  const { user } = newUser();

  await user.createSession({ ...laptop, ...change });

  expect((await user.listSessions())[0]).toMatchObject(kept);
});

test("the longest refresh token is kept and renews", async () => {
  const { user } = newUser("SessionOnOwnEnv");

  const { sessionId } = await user.createSession({ ...laptop, refreshToken: "r".repeat(16_384) });

  at(1);
  expect(await user.refreshSession(sessionId)).toMatchObject({ expiresIn: 3_600 });
});
