import { getLoomStub } from "loom-do/worker";
import { AnalyticsDO as Analytics } from "../../examples/grove/objects/analytics.ts";
import { PostDO as Post } from "../../examples/grove/objects/post.ts";
import { SessionDO as Session } from "../../examples/grove/objects/session.ts";
import { TenantDO as Tenant } from "../../examples/grove/objects/tenant.ts";
import type { GroveEnv } from "../../examples/grove/types.ts";
import { countedEnv, counting, usages } from "./grove/counting.ts";
import { serve, type Site } from "./grove/serve.ts";
import { post, type Reaction, tenant, type View } from "./grove/traffic.ts";
import { Usage } from "./grove/usage.ts";

export const TenantDO = counting(Tenant, "TENANTS");
export const AnalyticsDO = counting(Analytics, "ANALYTICS");
export const PostDO = counting(Post, "POSTS");
export const SessionDO = counting(Session, "SESSIONS");

const thirtyDays = 2_592_000;

/** A site that asks its objects, a call for each thing it wants to know or has to tell. */
class WithObjects implements Site {
  readonly #env: GroveEnv;

  constructor(env: GroveEnv) {
    this.#env = countedEnv(env, new Usage()); // the Worker itself asks D1 nothing
  }

  get used() {
    const { TENANTS, ANALYTICS, POSTS, SESSIONS } = usages;
    return { TenantDO: TENANTS.used, AnalyticsDO: ANALYTICS.used, PostDO: POSTS.used, SessionDO: SESSIONS.used };
  }

  signIn(readers: number): Promise<readonly string[]> {
    const session = { deviceId: "laptop", deviceName: "A laptop", expiresInSeconds: thirtyDays };
    const signIn = async (reader: number) => (await this.#sessionsOf(reader).createSession(session)).sessionId;
    return Promise.all(Array.from({ length: readers }, (_, reader) => signIn(reader)));
  }

  async view({ reader, path }: View, session: string): Promise<void> {
    if (!(await this.validate(reader, session))) throw new Error("A session is not valid.");
    const site = getLoomStub(this.#env.TENANTS, `tenant:${tenant.subdomain}`);
    if (!(await site.getConfig())) throw new Error("There is no such site.");
    await site.recordEvent({ type: "page_view", path, visitorHash: `reader-${reader}` });
  }

  async react({ reader, type }: Reaction): Promise<void> {
    await getLoomStub(this.#env.POSTS, `post:${tenant.id}:${post}`).toggleReaction(`reader-${reader}`, type);
  }

  async validate(reader: number, session: string): Promise<boolean> {
    return (await this.#sessionsOf(reader).validateSession(session)).valid;
  }

  #sessionsOf(reader: number) {
    return getLoomStub(this.#env.SESSIONS, `session:reader-${reader}`);
  }
}

export default serve((env: GroveEnv) => new WithObjects(env));
