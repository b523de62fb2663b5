import { getLoomStub, loomFetch } from "loom-do/worker";
import { part } from "./forward.ts";
import { orElse } from "./log.ts";
import { type Handler, refusal, type SiteVisit } from "./visit.ts";

const rememberedFor = 60_000;
const mostRemembered = 10_000;

/** Until when each post that was there is taken to be. */
const known = new Map<string, number>();

/** Answers for a post there is: an object asked for by a made-up name would keep its empty tables for ever. */
export function onPost<Kind extends SiteVisit>(handle: Handler<Kind>): Handler<Kind> {
  return async (visit) => {
    const isThere = await orElse(hasPost(visit), true, "Nobody could say whether there is a post.");
    return isThere ? handle(visit) : refusal(404, "Post not found");
  };
}

/** The name of the object that has a post's content, which stores nothing until the post is there. */
export function nameOfContent({ site, params }: SiteVisit): string {
  return `content:${part(site.subdomain)}:${params["slug"]}`;
}

async function hasPost(visit: SiteVisit): Promise<boolean> {
  const name = nameOfContent(visit);
  if (Date.now() < (known.get(name) ?? 0)) return true;
  const content = getLoomStub(visit.env.POST_CONTENT, name);
  const { ok, status } = await loomFetch(content, "/content", "HEAD");
  if (!ok && status !== 404) throw new Error(`A post's content answered ${status}.`);
  if (ok) remember(name);
  return ok;
}

function remember(name: string): void {
  if (known.size >= mostRemembered) known.clear();
  known.set(name, Date.now() + rememberedFor);
}
