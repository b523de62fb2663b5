import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { noSessionCookie, readSessionCookie, sessionCookie } from "../../../examples/grove/auth/session-cookie.ts";
import type { GroveEnv } from "../../../examples/grove/types.ts";

const env = { SESSION_SECRET: "first" } as GroveEnv; // what a cookie is signed with
const session = { userId: "moss", sessionId: "1b4e28ba-2fa1-41d2-883f-0016d3cca427" };

afterEach(() => void vi.restoreAllMocks());

function on(host: string, cookie = ""): Request {
  return new Request(`https://${host}/`, { headers: { Cookie: cookie } });
}

/** What a browser sends back of a `Set-Cookie` line. */
async function pairOf(named = session, signedWith = env): Promise<string> {
  return (await sessionCookie(on("grove.place"), signedWith, named)).split(";")[0]!;
}

function read(cookie: string, readWith = env) {
  return readSessionCookie(on("grove.place", cookie), readWith);
}

const shared = "; Path=/; HttpOnly; Secure; SameSite=Lax; Domain=.grove.place; Max-Age=2592000";
const ofHost = "; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=2592000";
const local = "; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000";

test.for<[host: string, attributes: string]>([
  ["grove.place", shared],
  ["willow.grove.place", shared],
  ["grove.place:8443", shared],
  ["grove.example.workers.dev", ofHost],
  ["notgrove.place", ofHost],
  ["grove.place.example", ofHost],
  ["127.0.0.1:8787", local],
  ["localhost:8787", local],
  ["willow.localhost", local],
  ["[::1]:8787", local],
  ["localhost.example", ofHost],
])("on %s the cookie has these attributes", async ([host, attributes]) => {
  const line = await sessionCookie(on(host), env, session);

  expect(line).toMatch(/^grove_session=[\w-]+\.[\w-]+\.[\w-]{43};/);
  expect(line.slice(line.indexOf(";"))).toBe(attributes);
});

test("the cookie is taken away where it was set", () => {
  expect(noSessionCookie(on("grove.place"))).toBe(
    "grove_session=; Path=/; HttpOnly; Secure; SameSite=Lax; Domain=.grove.place; Max-Age=0",
  );
});

test("whatever a user is called, the cookie gives back who and which session", async () => {
  const property = fc.asyncProperty(fc.string({ minLength: 1, maxLength: 64, unit: "grapheme" }), async (userId) => {
    expect(await read(await pairOf({ ...session, userId }))).toEqual({ ...session, userId });
  });

  await fc.assert(property, { numRuns: 50 });
});

test("a cookie with any other character in any place is no cookie", async () => {
  const pair = await pairOf();
  const start = "grove_session=".length;
  const place = fc.integer({ min: start, max: pair.length - 1 });
  const character = fc.constantFrom(...'abcXYZ019-_.=%" ,\\');

  const property = fc.asyncProperty(place, character, async (at, other) => {
    fc.pre(pair[at] !== other);
    expect(await read(pair.slice(0, at) + other + pair.slice(at + 1))).toBeNull();
  });

  await fc.assert(property, { numRuns: 200 });
});

test("another spelling of the same signature is no signature", async () => {
  const pair = await pairOf();
  const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].filter(
    (end) => !pair.endsWith(end),
  );

  const found = await Promise.all(others.map((end) => read(pair.slice(0, -1) + end)));

  expect(found).toEqual(Array(63).fill(null));
});

test("no text that a browser sends throws, or is a session", async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(fc.base64String({ maxLength: 60 }), { maxLength: 5 }).map((parts) => parts.join(".")),
  );

  const property = fc.asyncProperty(text, async (value) => {
    const request = { url: "https://grove.place/", headers: { get: () => `grove_session=${value}` } };
    expect(await readSessionCookie(request as unknown as Request, env)).toBeNull(); // headers hold any text here
  });

  await fc.assert(property, { numRuns: 300 });
});

test.for<[what: string, cookie: (pair: string) => string]>([
  ["none", () => ""],
  ["an empty one", () => "grove_session="],
  ["its name alone", () => "grove_session"],
  ["one of another name", (pair) => `x${pair}`],
  ["one with its signature cut", (pair) => pair.slice(0, -1)],
  ["one without a signature", (pair) => pair.slice(0, pair.lastIndexOf(".") + 1)],
  ["one with something behind it", (pair) => `${pair}.x`],
  ["one that is too long", (pair) => pair.replace("=", `=${"A".repeat(1_024)}`)],
  ["the signature of another user's", (pair) => pair.replace(/=[\w-]+/, "=cm93YW4")],
])("%s is no session", async ([, cookie]) => {
  expect(await read(cookie(await pairOf()))).toBeNull();
});

test("one among other cookies is found, also behind those of the same name that another site has set", async () => {
  const pair = await pairOf();

  expect(await read(`theme=dark; grove_session=made-up; ${pair}; grove_session_x=1`)).toEqual(session);
});

test("of very many of the same name only the first are looked at", async () => {
  const verify = vi.spyOn(crypto.subtle, "verify");
  const forged = `grove_session=bW9zcw.${session.sessionId}.${"A".repeat(43)}`;

  const found = await read(Array(500).fill(forged).join("; "));

  expect(found).toBeNull();
  expect(verify).toHaveBeenCalledTimes(16);
});

test("the secret before the current one still vouches, one from before that does not", async () => {
  const pair = await pairOf();
  const rotated = { SESSION_SECRET: "second", SESSION_SECRET_PREVIOUS: "first" } as GroveEnv;

  expect(await read(pair, rotated)).toEqual(session);
  expect(await read(pair, { SESSION_SECRET: "third", SESSION_SECRET_PREVIOUS: "second" } as GroveEnv)).toBeNull();
  expect(await read(pair, {} as GroveEnv)).toBeNull();
});

test("without a secret no cookie is made", async () => {
  await expect(sessionCookie(on("grove.place"), {} as GroveEnv, session)).rejects.toThrow("SESSION_SECRET is missing");
});
