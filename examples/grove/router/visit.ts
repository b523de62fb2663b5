import type { TenantDO } from "../objects/tenant.ts";
import type { GroveEnv, TenantConfig, User } from "../types.ts";

/** A request on its way. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly env: GroveEnv;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** One that is about a site. */
export interface SiteVisit extends Visit {
  readonly site: TenantConfig;
  readonly tenant: DurableObjectStub<TenantDO>;
}

/** One by somebody who is signed in. */
export interface UserVisit extends Visit {
  readonly user: User;
}

/** One by somebody who is signed in, about a site. */
export interface MemberVisit extends SiteVisit, UserVisit {}

/** What answers a request. */
export type Handler<Kind extends Visit = Visit> = (visit: Kind) => Response | Promise<Response>;

/** An answer in JSON that says what is wrong. */
export function refusal(status: number, error: string, headers: HeadersInit = {}): Response {
  return Response.json({ error }, { status, headers });
}
