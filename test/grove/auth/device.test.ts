import { expect, test } from "vitest";
import { getDeviceId, parseUserAgent } from "../../../examples/grove/auth/device.ts";
import type { GroveEnv } from "../../../examples/grove/types.ts";
import { chrome } from "./browser.ts";

const env = { SESSION_SECRET: "first" } as GroveEnv; // what a device is hashed with
const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

test.for([
  [chrome, "Chrome on MacOS"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.0 Safari/605.1.15`, "Safari on MacOS"],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Version/18.0 Mobile/1 Safari/604.1`,
    "Safari on iOS",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} CriOS/140.0 Mobile/1 Safari/604.1`,
    "Chrome on iOS",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"],
  ["Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", "Opera on Windows"],
  [
    "Mozilla/5.0 (Linux; Android 15; SM-S) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
    "Samsung Internet on Android",
  ],
  ["Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"],
  ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0.0.0 Safari/537.36", "Chrome on ChromeOS"],
  ["Firefox/143.0", "Firefox"],
  ["something on Linux", "Linux"],
  ["curl/8.5.0", "Unknown Device"],
  ["", "Unknown Device"],
  [null, "Unknown Device"],
] as const)("%s is called %s", ([userAgent, name]) => {
  expect(parseUserAgent(userAgent)).toBe(name);
});

function idOf(headers: Record<string, string>, given = env): Promise<string> {
  return getDeviceId(new Request("https://grove.place/", { headers }), given);
}

test("a device is sixteen characters, the same whatever address it comes from", async () => {
  const id = await idOf({ "User-Agent": chrome, "CF-Connecting-IP": "192.0.2.1" });

  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(await idOf({ "User-Agent": chrome, "CF-Connecting-IP": "2001:db8::1", "X-Forwarded-For": "192.0.2.9" })).toBe(
    id,
  );
});

test.for([
  { "User-Agent": "another" },
  { "User-Agent": chrome, "Accept-Language": "de" },
  { "User-Agent": chrome, "Accept-Encoding": "br" },
  { "User-Agent": chrome, "Sec-CH-UA-Platform": "macOS" },
])("another browser is another device: %j", async (headers) => {
  expect(await idOf(headers)).not.toBe(await idOf({ "User-Agent": chrome }));
});

test("who does not know the secret cannot tell a device's id", async () => {
  const other = { SESSION_SECRET: "second" } as GroveEnv;

  expect(await idOf({}, other)).not.toBe(await idOf({}));
});
