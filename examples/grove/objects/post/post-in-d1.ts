import type { Comment } from "../../types.ts";
import type { ReactionCount } from "./reactions.ts";

interface CommentRow extends Omit<Comment, "createdAt"> {
  readonly createdAt: string;
}

const columns = "id, author_id AS userId, content, parent_id AS parentId, created_at AS createdAt";
const ofPost = "tenant_id = ? AND post_id = ?";

/** What D1 has of one post; each statement may run again and changes nothing then. */
export class PostInD1 {
  readonly #db: D1Database | undefined;
  readonly #name: string;

  /** `name` is the object's own: what callers say it is counts for nothing. */
  constructor(db: D1Database | undefined, name = "") {
    this.#db = db;
    this.#name = name;
  }

  get isBound(): boolean {
    return this.#db !== undefined;
  }

  async addComments(comments: readonly Comment[]): Promise<void> {
    const rows = comments.map(({ createdAt, ...rest }) => ({ ...rest, at: new Date(createdAt).toISOString() }));
    // One parameter for all of them: D1 takes a hundred, and bills a statement each.
    const insert = this.#prepare(
      `INSERT INTO comments (id, tenant_id, post_id, author_id, parent_id, content, created_at, updated_at)
       SELECT value ->> 'id', ?1, ?2, value ->> 'userId', value ->> 'parentId', value ->> 'content', value ->> 'at',
         value ->> 'at' FROM json_each(?3) WHERE TRUE ON CONFLICT (id) DO NOTHING`,
      JSON.stringify(rows),
    );
    await insert.run();
  }

  /** The newest comments, the newest first. */
  async newest(limit: number): Promise<Comment[]> {
    const query = `SELECT ${columns} FROM comments WHERE ${ofPost} ORDER BY created_at DESC LIMIT ?`;
    return (await this.#prepare(query, limit).all<CommentRow>()).results.map(commentOf);
  }

  async findComment(id: string): Promise<Comment | undefined> {
    const query = `SELECT ${columns} FROM comments WHERE ${ofPost} AND id = ?`;
    const row = await this.#prepare(query, id).first<CommentRow>();
    return row ? commentOf(row) : undefined;
  }

  async setCounts(counts: readonly ReactionCount[]): Promise<void> {
    const upsert = this.#prepare(
      `INSERT INTO post_reaction_counts (tenant_id, post_id, reaction_type, count, updated_at)
       SELECT ?, ?, value ->> 'type', value ->> 'count', ? FROM json_each(?) WHERE TRUE
       ON CONFLICT DO UPDATE SET count = excluded.count, updated_at = excluded.updated_at`,
      ...[Date.now(), JSON.stringify(counts)],
    );
    await upsert.run();
  }

  /** A statement whose first two bindings are the tenant and the post. */
  #prepare(query: string, ...bindings: readonly unknown[]): D1PreparedStatement {
    const [, tenantId, postId] = /^post:([^:]+):(.+)$/s.exec(this.#name) ?? [];
    if (!this.#db) throw new Error("The binding DB is missing.");
    if (!tenantId) throw new Error("The object's name says no post. Call it `post:{tenantId}:{postId}`.");
    return this.#db.prepare(query).bind(tenantId, postId, ...bindings);
  }
}

function commentOf({ id, userId, content, parentId, createdAt }: CommentRow): Comment {
  return { id, userId, content, parentId, createdAt: Date.parse(createdAt) };
}
