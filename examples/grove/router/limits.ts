import { type Budgeted, budgetOf } from "../objects/tenant/tiers.ts";
import { getLoomStub } from "loom-do/worker";
import { log, orElse } from "./log.ts";
import { type Handler, refusal, type SiteVisit, type Visit } from "./visit.ts";

interface Allowance {
  readonly limit: number;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Unix seconds. */
  readonly resetAt: number;
}

/** Answers within a site's budget, and says where it stands; over it, a 429. A budget nobody can look up holds nobody. */
export async function withinBudget(visit: SiteVisit, handle: () => Response | Promise<Response>): Promise<Response> {
  const isRead = ["GET", "HEAD"].includes(visit.request.method);
  const wanted: Budgeted[] = isRead ? ["requests"] : ["requests", "writes"];
  const asked = Promise.all(wanted.map((what) => allowanceOf(visit, what)));
  const allowances = await orElse<Allowance[]>(asked, [], "A site's budget could not be looked up.");
  const tightest = allowances.toSorted((one, other) => one.remaining - other.remaining)[0];
  if (!tightest) return handle();
  const denied = allowances.find(({ allowed }) => !allowed);
  return denied ? tooMany(denied) : withHeaders(await handle(), tightest);
}

async function allowanceOf({ tenant, site }: SiteVisit, what: Budgeted): Promise<Allowance> {
  const { limit, windowSeconds } = budgetOf(site.tier, what);
  return { limit, ...(await tenant.checkRateLimit(what, limit, windowSeconds)) };
}

/** Lets an address sign in as often as somebody does who mistypes; an object that does not answer holds nobody. */
export function withinSignIns(handle: Handler): Handler {
  return async (visit: Visit) => {
    const address = visit.request.headers.get("CF-Connecting-IP") ?? "unknown";
    const threshold = getLoomStub(visit.env.THRESHOLD, `threshold:${address}`);
    try {
      const decision = await threshold.check({ key: "sign-in", limit: 30, windowSeconds: 60 });
      if (!decision.allowed) return tooMany({ ...decision, limit: 30 });
    } catch (cause) {
      log.errorWithCause("An address could not be counted.", cause);
    }
    return handle(visit);
  };
}

function tooMany(allowance: Allowance): Response {
  return withHeaders(refusal(429, "Too many requests"), allowance);
}

function withHeaders(response: Response, { limit, allowed, remaining, resetAt }: Allowance): Response {
  // An upgrade's answer is its socket: nothing can be added to it.
  if (response.webSocket) return response;
  const copy = new Response(response.body, response);
  const seconds = String(Math.max(1, Math.ceil(resetAt - Date.now() / 1000)));
  copy.headers.set("RateLimit-Limit", String(limit));
  copy.headers.set("RateLimit-Remaining", String(remaining));
  copy.headers.set("RateLimit-Reset", seconds);
  if (!allowed) copy.headers.set("Retry-After", seconds);
  return copy;
}
