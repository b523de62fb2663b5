import { getLoomStub } from "loom-do/worker";
import { validateAuth } from "../auth/validate-auth.ts";
import { withinBudget } from "./limits.ts";
import { log } from "./log.ts";
import { type Handler, type MemberVisit, refusal, type SiteVisit, type UserVisit, type Visit } from "./visit.ts";

/** Answers for a site there is, within its budget. */
export function onSite(handle: Handler<SiteVisit>): Handler {
  return async (visit) => {
    const found = await findSite(visit);
    return found instanceof Response ? found : withinBudget(found, () => handle(found));
  };
}

/** Answers who is signed in. */
export function forUser(handle: Handler<UserVisit>): Handler {
  return async (visit) => withUser(visit, handle);
}

/** Answers who is signed in, on a site. */
export function forMember(handle: Handler<MemberVisit>): Handler {
  return onSite((visit) => withUser(visit, handle));
}

/** Answers a site's owner, and nobody else. */
export function forOwner(handle: Handler<MemberVisit>): Handler {
  return forMember((visit) => {
    return visit.user.email === visit.site.ownerId ? handle(visit) : refusal(403, "This is not your site");
  });
}

async function withUser<Kind extends Visit>(visit: Kind, handle: Handler<Kind & UserVisit>): Promise<Response> {
  // A browser sends cookies with a socket whatever page has opened it, and asks nobody.
  if (!isOwnPage(visit)) return refusal(403, "Another site's page may not do this");
  const user = await validateAuth(visit.request, visit.env);
  return user ? handle({ ...visit, user }) : refusal(401, "Sign in first");
}

function isOwnPage({ request, url }: Visit): boolean {
  const origin = request.headers.get("Origin");
  return origin === null || origin === url.origin;
}

/** A site by the subdomain that was asked, or where there are none by a header. */
async function findSite(visit: Visit): Promise<SiteVisit | Response> {
  const subdomain = subdomainOf(visit);
  if (!subdomain) return new Response("Site not found", { status: 404 });
  const tenant = getLoomStub(visit.env.TENANTS, `tenant:${subdomain}`);
  try {
    const site = await tenant.getConfig();
    return site ? { ...visit, site, tenant } : new Response("Site not found", { status: 404 });
  } catch (cause) {
    log.errorWithCause("A site did not say how it is set up.", cause);
    return new Response("Site unavailable", { status: 503 });
  }
}

function subdomainOf({ request, url }: Visit): string | undefined {
  const [, subdomain] = /^([a-z\d-]+)\.grove\.place$/.exec(url.hostname) ?? [];
  if (url.hostname.endsWith("grove.place")) return subdomain;
  return request.headers.get("X-Tenant-Subdomain") ?? undefined;
}
