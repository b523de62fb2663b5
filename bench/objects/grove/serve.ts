import { advance } from "./clock.ts";
import { type Reaction, readers, trafficOf, type View } from "./traffic.ts";
import type { Used } from "./usage.ts";

/** One way to run a site; the same traffic comes to each. */
export interface Site {
  /** Signs readers in: the id of a session each. */
  signIn(readers: number): Promise<readonly string[]>;
  view(view: View, session: string): Promise<void>;
  react(reaction: Reaction): Promise<void>;
  validate(reader: number, session: string): Promise<boolean>;
  /** What has been used so far, by who used it or by what it was used for. */
  readonly used: Readonly<Record<string, Used>>;
}

type Query = Readonly<Partial<Record<string, number>>>;

// The last hour of a day, whose end is counted too.
const opening = Date.parse("2026-10-01T22:58:00Z");
const closing = Date.parse("2026-10-02T00:06:00Z");

let sessions: readonly string[] = [];

const tasks: Readonly<Record<string, (site: Site, query: Query) => Promise<void>>> = {
  async "/open"(site) {
    await advance(opening);
    sessions = await site.signIn(readers);
  },

  async "/steps"(site, { from = 0, to = 0, pace = 0 }) {
    for (let step = from; step < to; step++) {
      await advance(opening + step * pace);
      const { views, reaction } = trafficOf(step);
      await Promise.all([...views.map((view) => site.view(view, sessions[view.reader]!)), site.react(reaction)]);
    }
  },

  "/close": () => advance(closing),

  async "/validate"(site, { reader = 0 }) {
    if (!(await site.validate(reader, sessions[reader]!))) throw new Error("A session is not valid.");
  },

  async "/nothing"() {},
};

/** A Worker that has a site do what the path of a request says. */
export function serve<Env>(siteOf: (env: Env) => Site) {
  let site: Site | undefined;
  return {
    async fetch(request: Request, env: Env): Promise<Response> {
      site ??= siteOf(env);
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/used") return Response.json(site.used);
      const query = Object.fromEntries([...searchParams].map(([name, value]) => [name, Number(value)]));
      await tasks[pathname]!(site, query);
      return new Response("done");
    },
  };
}
