import { type Budgeted, budgetOf } from "../objects/tenant/tiers.ts";
import { getLoomStub } from "loom-do/worker";
import type { RateBudget } from "../types.ts";
import { orElse } from "./log.ts";
import { type Handler, refusal, type SiteVisit, type UserVisit, type Visit } from "./visit.ts";

interface Allowance {
  readonly limit: number;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Unix seconds. */
  readonly resetAt: number;
}

const signIns: RateBudget = { limit: 30, windowSeconds: 60 };
const ownWrites: RateBudget = { limit: 60, windowSeconds: 60 };

/** Answers within budgets, and says where the tightest stands; over one, a 429. What nobody can look up holds nobody. */
export async function within(
  budgets: readonly Promise<Allowance>[],
  handle: () => Response | Promise<Response>,
): Promise<Response> {
  const allowances = await orElse<Allowance[]>(Promise.all(budgets), [], "A budget could not be looked up.");
  const tightest = allowances.toSorted((one, other) => one.remaining - other.remaining)[0];
  if (!tightest) return handle();
  const denied = allowances.find(({ allowed }) => !allowed);
  return denied ? withHeaders(refusal(429, "Too many requests"), denied) : withHeaders(await handle(), tightest);
}

/** What a site may be asked for. */
export async function siteBudget({ tenant, site }: SiteVisit, what: Budgeted): Promise<Allowance> {
  const { limit, windowSeconds } = budgetOf(site.tier, what);
  return { limit, ...(await tenant.checkRateLimit(what, limit, windowSeconds)) };
}

/** What one person may write, wherever: nobody uses up what a site's owner has. */
export function ownBudgets(visit: UserVisit): Promise<Allowance>[] {
  return isWrite(visit) ? [allowanceOf(visit, { who: visit.user.id, key: "writes", budget: ownWrites })] : [];
}

/** Whether a request may change something. */
export function isWrite({ request }: Visit): boolean {
  return !["GET", "HEAD"].includes(request.method);
}

/** Lets an address sign in as often as somebody does who mistypes. */
export function withinSignIns(handle: Handler): Handler {
  return (visit) => {
    const who = visit.request.headers.get("CF-Connecting-IP") ?? "unknown";
    return within([allowanceOf(visit, { who, key: "sign-in", budget: signIns })], () => handle(visit));
  };
}

interface Counted {
  readonly who: string;
  readonly key: string;
  readonly budget: RateBudget;
}

async function allowanceOf({ env }: Visit, { who, key, budget }: Counted): Promise<Allowance> {
  const threshold = getLoomStub(env.THRESHOLD, `threshold:${who}`);
  return { limit: budget.limit, ...(await threshold.check({ key, ...budget })) };
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
