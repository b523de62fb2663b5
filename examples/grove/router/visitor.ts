import { signingKey } from "../keys.ts";
import type { Visit } from "./visit.ts";

/** A pseudonym of a visitor for today: nobody can tell whose it is, nor know it again tomorrow. None without a secret. */
export async function visitorOf({ request, env }: Visit): Promise<string | undefined> {
  if (!env.SESSION_SECRET) return undefined;
  const day = new Date().toISOString().slice(0, 10);
  const said = [day, request.headers.get("CF-Connecting-IP"), request.headers.get("User-Agent")];
  const key = await signingKey(env.SESSION_SECRET, "visitors");
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(JSON.stringify(said))));
  return Array.from(hash.slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
