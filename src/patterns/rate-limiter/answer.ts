import { LOOM_ERRORS, LoomResponse } from "../../index.ts";
import type { RateDecision } from "./decision.ts";

/** What tells a client where it stands: `RateLimit-Limit`, `-Remaining`, `-Reset`, and `Retry-After` if it was denied. */
export function rateLimitHeaders({ allowed, limit, remaining, resetAt, retryAfter }: RateDecision): Headers {
  const headers = new Headers({
    "RateLimit-Limit": String(limit),
    "RateLimit-Remaining": String(remaining),
    "RateLimit-Reset": seconds(Math.max(0, resetAt - Date.now())),
  });
  if (!allowed) headers.set("Retry-After", seconds(retryAfter));
  return headers;
}

/** The 429 for who was denied, with those headers. */
export function rateLimited(decision: RateDecision): Response {
  return withHeaders(LoomResponse.error(LOOM_ERRORS.RATE_LIMITED), decision);
}

/** A check's answer over HTTP: 200, or a 429 that can be passed on, the decision in its body either way. */
export function answerWith(decision: RateDecision): Response {
  return withHeaders(LoomResponse.json(decision, decision.allowed ? 200 : LOOM_ERRORS.RATE_LIMITED.status), decision);
}

function withHeaders(response: Response, decision: RateDecision): Response {
  const headers = rateLimitHeaders(decision);
  headers.set("Content-Type", "application/json");
  return new Response(response.body, { status: response.status, headers });
}

function seconds(milliseconds: number): string {
  return String(Math.ceil(milliseconds / 1000));
}
