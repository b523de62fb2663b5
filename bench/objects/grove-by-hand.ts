import { countedD1 } from "./grove/counted-d1.ts";
import { serve, type Site } from "./grove/serve.ts";
import { post, type Reaction, tenant, type View } from "./grove/traffic.ts";
import { Usage } from "./grove/usage.ts";

const thirtyDays = 2_592_000_000;

/** A site that asks D1 for everything, every time. */
class ByHand implements Site {
  readonly #db: D1Database;
  readonly #usages = { views: new Usage(), reactions: new Usage(), sessions: new Usage() };

  constructor(db: D1Database) {
    this.#db = db;
  }

  get used() {
    const { views, reactions, sessions } = this.#usages;
    return { views: views.used, reactions: reactions.used, sessions: sessions.used };
  }

  async signIn(readers: number): Promise<readonly string[]> {
    const ids = Array.from({ length: readers }, () => crypto.randomUUID());
    const insert = this.#db.prepare("INSERT INTO sessions VALUES (?, ?, 'A laptop', ?, ?)");
    const times = [Date.now(), Date.now() + thirtyDays];
    await this.#db.batch(ids.map((id, reader) => insert.bind(id, `reader-${reader}`, ...times)));
    return ids;
  }

  async view({ reader, path }: View, session: string): Promise<void> {
    if (!(await this.validate(reader, session))) throw new Error("A session is not valid.");
    const config = this.#prepare("views", "SELECT * FROM tenants WHERE subdomain = ? AND active = 1");
    if (!(await config.bind(tenant.subdomain).first())) throw new Error("There is no such site.");
    const text = "INSERT INTO page_views (tenant_id, path, visitor, viewed_at) VALUES (?, ?, ?, ?)";
    await this.#prepare("views", text).bind(tenant.id, path, `reader-${reader}`, Date.now()).run();
  }

  async react({ reader, type }: Reaction): Promise<void> {
    const insert = this.#prepare("reactions", "INSERT INTO reactions VALUES (?, ?, ?, ?, ?)");
    await insert.bind(tenant.id, post, `reader-${reader}`, type, Date.now()).run();
  }

  async validate(_: number, session: string): Promise<boolean> {
    const query = this.#prepare("sessions", "SELECT * FROM sessions WHERE id = ? AND expires_at > ?");
    return (await query.bind(session, Date.now()).first()) !== null;
  }

  #prepare(purpose: keyof ByHand["used"], query: string): D1PreparedStatement {
    return countedD1(this.#db, this.#usages[purpose]).prepare(query);
  }
}

export default serve(({ DB }: { readonly DB: D1Database }) => new ByHand(DB));
