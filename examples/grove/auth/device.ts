import { utf8 } from "../bytes.ts";
import { signingKey } from "../keys.ts";
import type { GroveEnv } from "../types.ts";

const headers = ["User-Agent", "Accept-Language", "Accept-Encoding", "Sec-CH-UA", "Sec-CH-UA-Platform"];

// The first that fits: most of them also say that they are Chrome, and Chrome that it is Safari.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\b(Edg|EdgA|EdgiOS)\//, "Edge"],
  [/\b(OPR|OPiOS)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad|iPod)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac ?OS ?X\b|\bMacintosh\b/, "MacOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** Sixteen characters for a device: a keyed hash of what its browser says of itself, its address no part of it. */
export async function getDeviceId(request: Request, env: GroveEnv): Promise<string> {
  if (!env.SESSION_SECRET) throw new Error("SESSION_SECRET is missing: nothing hashes a device.");
  const said = JSON.stringify(headers.map((header) => request.headers.get(header)));
  const key = await signingKey(env.SESSION_SECRET, "device ids");
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(said)));
  return Array.from(hash.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a device is called in a list: "Chrome on MacOS", or as much of it as is known. */
export function parseUserAgent(userAgent: string | null): string {
  const names = [browsers, systems].map((table) => table.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1]);
  return names.filter((name) => name !== undefined).join(" on ") || "Unknown Device";
}
