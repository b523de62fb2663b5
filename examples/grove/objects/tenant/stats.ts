import type { DashboardStats } from "../../types.ts";
import type { Drafts } from "./drafts.ts";

interface Totals {
  readonly created: number | null;
  readonly storage: number;
  readonly posts: number;
  readonly words: number;
  readonly recent: number;
  readonly touched: number;
}

type TopTags = DashboardStats["topTags"];

const day = 86_400_000;

/** What D1 says of an active site's published posts, and the object of its drafts; null when there is no such site. */
export async function readStats(db: D1Database, subdomain: string, drafts: Drafts): Promise<DashboardStats | null> {
  const [totals, tags] = await db.batch([totalsOf(db, subdomain), tagsOf(db, subdomain)]);
  const found = (totals!.results as Totals[])[0]; // the columns are those of the statement
  if (!found) return null;
  const { storage, posts, words, recent, touched } = found;
  const created = found.created === null ? null : found.created * 1_000;
  return {
    ...{ postCount: posts, totalWords: words, draftCount: drafts.count, publishedThisMonth: recent },
    topTags: tags!.results as unknown as TopTags, // as before
    accountAge: created === null ? 0 : Math.floor((Date.now() - created) / day),
    storageUsed: storage,
    lastActivity: Math.max(created ?? 0, touched * 1_000, drafts.lastSaved),
  };
}

function totalsOf(db: D1Database, subdomain: string): D1PreparedStatement {
  const statement = db.prepare(
    `SELECT tenants.created_at AS created, coalesce(tenants.storage_used, 0) AS storage,
       total(posts.status = 'published') AS posts,
       total(iif(posts.status = 'published', posts.word_count, 0)) AS words,
       total(posts.status = 'published' AND posts.published_at >= ?2) AS recent,
       coalesce(max(posts.updated_at), 0) AS touched
     FROM tenants LEFT JOIN posts ON posts.tenant_id = tenants.id
     WHERE tenants.subdomain = ?1 AND tenants.active = 1 GROUP BY tenants.id`,
  );
  return statement.bind(subdomain, startOfMonth() / 1_000);
}

function tagsOf(db: D1Database, subdomain: string): D1PreparedStatement {
  const statement = db.prepare(
    `SELECT each.value AS tag, count(*) AS count
     FROM tenants JOIN posts ON posts.tenant_id = tenants.id,
       json_each(iif(json_valid(posts.tags), posts.tags, '[]')) AS each
     WHERE tenants.subdomain = ? AND posts.status = 'published' AND each.type = 'text'
     GROUP BY tag ORDER BY count DESC, tag LIMIT 10`,
  );
  return statement.bind(subdomain);
}

/** In UTC. */
function startOfMonth(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}
