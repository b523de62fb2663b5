import { getLoomStub } from "loom-do/worker";
import { isSecure } from "../auth/cookies.ts";
import { isAddressOf } from "../auth/users.ts";
import { validateAuth } from "../auth/validate-auth.ts";
import { isWrite, ownBudgets, siteBudget, within } from "./limits.ts";
import { log } from "./log.ts";
import { type Handler, type MemberVisit, refusal, type SiteVisit, type UserVisit, type Visit } from "./visit.ts";

/** Answers for a site there is, within its budget. */
export function onSite(handle: Handler<SiteVisit>): Handler {
  return forSite((visit) => within([siteBudget(visit, "requests")], () => handle(visit)));
}

/** Answers who is signed in, within what one person may write. */
export function forUser(handle: Handler<UserVisit>): Handler {
  return (visit) => withUser(visit, (known) => within(ownBudgets(known), () => handle(known)));
}

/** Answers who is signed in, on a site: what they write is theirs, and none of the site's own writes. */
export function forMember(handle: Handler<MemberVisit>): Handler {
  return forSite((visit) =>
    withUser(visit, (known) => within([siteBudget(known, "requests"), ...ownBudgets(known)], () => handle(known))),
  );
}

/** Answers a site's owner, and nobody else. */
export function forOwner(handle: Handler<MemberVisit>): Handler {
  return forSite((visit) =>
    withUser(visit, (known) => {
      if (!isAddressOf(known.user, known.site.ownerId)) return refusal(403, "This is not your site");
      const wanted = isWrite(known) ? (["requests", "writes"] as const) : (["requests"] as const);
      return within(
        wanted.map((what) => siteBudget(known, what)),
        () => handle(known),
      );
    }),
  );
}

/** Answers pages of the same host, and whoever asks without one. */
export function forOwnPages(handle: Handler): Handler {
  return (visit) => {
    const origin = visit.request.headers.get("Origin");
    // A browser sends cookies whatever page has asked it to, of any site of the domain, and with a socket of any at all.
    const isOwn = origin === null || origin === visit.url.origin;
    return isOwn ? handle(visit) : refusal(403, "Another site's page may not do this");
  };
}

async function withUser<Kind extends Visit>(visit: Kind, handle: Handler<Kind & UserVisit>): Promise<Response> {
  const ask = async () => {
    const user = await validateAuth(visit.request, visit.env);
    return user ? handle({ ...visit, user }) : refusal(401, "Sign in first");
  };
  return forOwnPages(ask)(visit);
}

/** Answers for a site by the subdomain that was asked, or where there are none by a header. */
function forSite(handle: Handler<SiteVisit>): Handler {
  return async (visit) => {
    const subdomain = subdomainOf(visit);
    if (!subdomain) return new Response("Site not found", { status: 404 });
    const tenant = getLoomStub(visit.env.TENANTS, `tenant:${subdomain}`);
    const found = await configOf(tenant);
    if (found instanceof Response) return found;
    return handle({ ...visit, site: found, tenant });
  };
}

async function configOf(tenant: SiteVisit["tenant"]): Promise<SiteVisit["site"] | Response> {
  try {
    return (await tenant.getConfig()) ?? new Response("Site not found", { status: 404 });
  } catch (cause) {
    log.errorWithCause("A site did not say how it is set up.", cause);
    return new Response("Site unavailable", { status: 503 });
  }
}

const label = "[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?";
const host = new RegExp(`^(${label})\\.grove\\.place$`);
const name = new RegExp(`^${label}$`);

function subdomainOf({ request, url }: Visit): string | undefined {
  if (isSecure(request)) return host.exec(url.hostname)?.[1];
  // Nobody but who runs the Worker comes by a name of this machine.
  return name.exec(request.headers.get("X-Tenant-Subdomain") ?? "")?.[0];
}
