import { toBase64Url, utf8 } from "../bytes.ts";
import { cookiesOf, isSecure, setCookie } from "./cookies.ts";

const tenMinutes = 600;

/** What ties the end of a sign-in to the browser that began it, and the cookie that says so. */
export function newState(request: Request) {
  const state = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  return { state, cookie: stateCookie(request, state, tenMinutes) };
}

/** Whether the browser that brings `state` is the one that was given it. */
export async function isState(request: Request, state: string): Promise<boolean> {
  const [given = "", ...others] = cookiesOf(request, nameFor(request));
  if (!given || others.length > 0) return false;
  // How long it takes to tell hashes apart says nothing about what was hashed.
  return (await hashOf(given)) === (await hashOf(state));
}

/** The `Set-Cookie` line that takes the cookie away: a state is good for once. */
export function noStateCookie(request: Request): string {
  return stateCookie(request, "", 0);
}

function stateCookie(request: Request, value: string, maxAge: number): string {
  return setCookie(request, { name: nameFor(request), value, maxAge, isShared: false });
}

// With the prefix a browser takes it from this very host alone: no other site of the domain can put its own in place.
function nameFor(request: Request): string {
  return isSecure(request) ? "__Host-grove_oauth_state" : "grove_oauth_state";
}

async function hashOf(text: string): Promise<string> {
  return toBase64Url(await crypto.subtle.digest("SHA-256", utf8(text)));
}
