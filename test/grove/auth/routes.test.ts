import { afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  listSessions,
  revokeAllSessions,
  revokeSession,
  validateSession,
} from "../../../examples/grove/auth/session-routes.ts";
import { signOut, signOutEverywhere } from "../../../examples/grove/auth/sign-out.ts";
import { validateAuth } from "../../../examples/grove/auth/validate-auth.ts";
import type { GroveEnv } from "../../../examples/grove/types.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { Browser, said, signedIn } from "./browser.ts";

const day = 86_400_000;
const gone = "grove_session=; Path=/; HttpOnly; Secure; SameSite=Lax; Domain=.grove.place; Max-Age=0";

beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A user on two devices: a laptop and a phone. */
async function onTwoDevices() {
  const { browser: laptop, email, user } = await signedIn();
  const phone = new Browser();
  await phone.signIn(email);
  const sessions = grove.SESSIONS.getByName(`session:${user!.id}`);
  const idOf = (browser: Browser) => browser.cookies.get("grove_session")!.split(".")[1]!;
  return { laptop, phone, user: user!, sessions, ids: { laptop: idOf(laptop), phone: idOf(phone) } };
}

function daysLater(days: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * day });
}

test("/session/list shows the devices, and which one asks", async () => {
  const { laptop, sessions, ids } = await onTwoDevices();

  const [status, body] = await said(await laptop.ask("GET /session/list", listSessions));

  const list = await sessions.listSessions();
  expect(status).toBe(200);
  expect(body).toEqual({ sessions: list.map((session) => ({ ...session, isCurrent: session.id === ids.laptop })) });
  expect(list).toHaveLength(2);
});

test("DELETE /session/:id signs another device out", async () => {
  const { laptop, phone, ids } = await onTwoDevices();

  const response = await laptop.ask(`DELETE /session/${ids.phone}`, revokeSession);

  expect(response.headers.getSetCookie()).toEqual([]);
  expect(await said(response)).toEqual([200, { success: true }]);
  expect(await validateAuth(phone.request("GET /"), grove)).toBeNull();
  expect(await validateAuth(laptop.request("GET /"), grove)).not.toBeNull();
});

test("DELETE /session/:id of the session that asks takes its cookie", async () => {
  const { laptop, ids } = await onTwoDevices();

  const response = await laptop.ask(`DELETE /session/${ids.laptop}`, revokeSession);

  expect(response.headers.getSetCookie()).toEqual([gone]);
});

test("DELETE /session/:id of another user's session, or of none, finds none", async () => {
  const [{ laptop }, other] = [await onTwoDevices(), await onTwoDevices()];

  const response = await laptop.ask(`DELETE /session/${other.ids.phone}`, revokeSession);

  expect([response.status, await response.text()]).toEqual([404, '{"success":false,"error":"Session not found"}']);
  expect(await other.sessions.getSessionCount()).toBe(2);
});

test("/session/revoke-all signs all devices out", async () => {
  const { laptop, sessions } = await onTwoDevices();

  const response = await laptop.ask("POST /session/revoke-all", revokeAllSessions);

  expect(response.headers.getSetCookie()).toEqual([gone]);
  expect(await said(response)).toEqual([200, { success: true, revokedCount: 2 }]);
  expect(await sessions.getSessionCount()).toBe(0);
});

test("/session/revoke-all may keep the one that asks", async () => {
  const { laptop, phone } = await onTwoDevices();

  const response = await laptop.ask("POST /session/revoke-all?keep=current", revokeAllSessions);

  expect(await said(response)).toEqual([200, { success: true, revokedCount: 1 }]);
  expect(await validateAuth(phone.request("GET /"), grove)).toBeNull();
  expect(await validateAuth(laptop.request("GET /"), grove)).not.toBeNull();
});

test("/session/validate says who is signed in, on what, and since when it was not heard of", async () => {
  const { laptop, sessions, ids, user } = await onTwoDevices();

  const response = await laptop.ask("POST /session/validate", validateSession);

  const session = (await sessions.listSessions()).find(({ id }) => id === ids.laptop)!;
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await said(response)).toEqual([
    200,
    {
      ...{ valid: true, userId: user.id },
      session: { id: ids.laptop, deviceName: "Chrome on MacOS", lastActiveAt: session.lastActiveAt },
    },
  ]);
});

test("/session/validate without a session is no error", async () => {
  expect(await said(await new Browser().ask("POST /session/validate", validateSession))).toEqual([
    200,
    { valid: false },
  ]);
});

test("10: whoever comes back in the second half of a session's life has thirty days again", async () => {
  const { laptop, sessions, ids } = await onTwoDevices();
  const life = async () => (await sessions.listSessions()).find(({ id }) => id === ids.laptop)!.expiresAt - Date.now();
  daysLater(14.9);
  const early = await laptop.ask("POST /session/validate", validateSession);
  daysLater(0.2);

  const late = await laptop.ask("POST /session/validate", validateSession);

  expect(early.headers.getSetCookie()).toEqual([]);
  expect(late.headers.getSetCookie()).toEqual([expect.stringMatching(/^grove_session=[\w.-]+;.*Max-Age=2592000$/)]);
  expect(Math.abs((await life()) - 30 * day)).toBeLessThan(1_000);
});

test("signing out ends this session and takes the cookie", async () => {
  const { laptop, phone } = await onTwoDevices();
  const before = laptop.request("GET /");

  const response = await laptop.ask("POST /auth/sign-out", signOut);

  expect(response.headers.getSetCookie()).toEqual([gone]);
  expect(await said(response)).toEqual([200, { success: true }]);
  expect(await validateAuth(before, grove)).toBeNull();
  expect(await validateAuth(phone.request("GET /"), grove)).not.toBeNull();
});

test("signing out everywhere ends every session", async () => {
  const { laptop, phone } = await onTwoDevices();

  const response = await laptop.ask("POST /auth/sign-out-everywhere", signOutEverywhere);

  expect(response.headers.getSetCookie()).toEqual([gone]);
  expect(await said(response)).toEqual([200, { success: true, revokedCount: 2 }]);
  expect(await validateAuth(phone.request("GET /"), grove)).toBeNull();
});

const guardedRoutes: [line: string, work: (request: Request, env: GroveEnv) => Promise<Response>][] = [
  ["GET /session/list", listSessions],
  ["DELETE /session/x", revokeSession],
  ["POST /session/revoke-all", revokeAllSessions],
  ["POST /auth/sign-out", signOut],
  ["POST /auth/sign-out-everywhere", signOutEverywhere],
];

test.for(guardedRoutes)("%s is for who is signed in", async ([line, work]) => {
  const response = await new Browser().ask(line, work);

  expect(await said(response)).toEqual([401, { success: false, error: "Not signed in" }]);
});

test.for(guardedRoutes)("%s: the cookie of a session that has ended reaches no other", async ([line, work]) => {
  const { laptop, sessions, ids } = await onTwoDevices();
  await sessions.revokeSession(ids.laptop);

  const response = await laptop.ask(line, work);

  expect(response.status).toBe(401);
  expect(await sessions.getSessionCount()).toBe(1);
});

test.for([...guardedRoutes, ["POST /session/validate", validateSession] as const])(
  "%s: an object that fails is a 503 that does not say why, and the cookie stays",
  async ([line, work]) => {
    const { lines } = capture();
    const { browser } = await signedIn();

    const response = await work(browser.request(line), { ...grove, SESSIONS: undefined } as never); // a Worker that lacks it

    expect(await said(response)).toEqual([503, { success: false, error: "Sign-in is not available" }]);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(lines).toMatchObject([{ do: "auth", level: "error" }]);
  },
);
