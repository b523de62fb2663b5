import { Keyset, type KeysetPage } from "loom-do";
import type { ChatMessage } from "../../types.ts";
import { idOf, messageFrom, messageOf, type MessageRow, type NewMessage, previewOf } from "./message.ts";

/** Whose a conversation is, asked by somebody of a pair. */
export type Ownership = "theirs" | "another's" | "nobody's";

const newest = new Keyset<MessageRow>(["created_at", "id"], { descending: true });

/** What a page of a conversation starts behind. */
export interface HistoryQuery {
  readonly conversationId: string;
  readonly limit: number;
  /** The cursor of the page before. */
  readonly cursor: string | null;
  /** A message's time: what is of the same moment is not in the page. */
  readonly before: string | null;
}

/** The conversations in D1, as far as a pair may reach. */
export class Conversations {
  readonly #db: D1Database;

  constructor(db: D1Database) {
    this.#db = db;
  }

  async ownership(id: string, pair: readonly string[]): Promise<Ownership> {
    const query = "SELECT participant_a AS a, participant_b AS b FROM chat_conversations WHERE id = ?";
    const row = await this.#db.prepare(query).bind(id).first<{ a: string; b: string }>();
    if (!row) return "nobody's";
    return [row.a, row.b].toSorted().join("\n") === pair.join("\n") ? "theirs" : "another's";
  }

  /** Stores a message, once: one that is there already comes back as it is, and is no news. */
  async add(message: NewMessage): Promise<{ readonly message: ChatMessage; readonly isNews: boolean }> {
    const made = messageFrom(message)(await idOf(message), new Date().toISOString());
    const [inserted] = await this.#db.batch([this.#insert(made), this.#show(made)]);
    if (inserted!.meta.changes > 0) return { message: made, isNews: true };
    const row = await this.#db.prepare("SELECT * FROM chat_messages WHERE id = ?").bind(made.id).first<MessageRow>();
    return { message: messageOf(row!), isNews: false };
  }

  /** A page, the oldest first in it. */
  async history({ conversationId, limit, cursor, before }: HistoryQuery): Promise<KeysetPage<ChatMessage>> {
    const page = newest.page(limit, cursor);
    const earlier = before === null ? "" : " AND created_at < ?";
    const query = `SELECT * FROM chat_messages
      WHERE conversation_id = ? AND ${page.where}${earlier} ORDER BY ${page.order} LIMIT ${page.limit}`;
    const bindings = [conversationId, ...page.bindings, ...(before === null ? [] : [before])];
    const { rows, ...next } = page.of(
      (
        await this.#db
          .prepare(query)
          .bind(...bindings)
          .all<MessageRow>()
      ).results,
    );
    return { rows: rows.toReversed().map(messageOf), ...next };
  }

  /** Remembers how far somebody has read; false for a message of elsewhere, or before the one it was. */
  async markRead(conversationId: string, tenantId: string, messageId: string): Promise<boolean> {
    const placeOf = (id: string) => `(SELECT created_at || ' ' || id FROM chat_messages WHERE id = ${id})`;
    const query = `INSERT INTO chat_read_cursors SELECT conversation_id, ?, id, ? FROM chat_messages
      WHERE id = ? AND conversation_id = ? ON CONFLICT (conversation_id, tenant_id) DO UPDATE SET
        last_read_message_id = excluded.last_read_message_id, last_read_at = excluded.last_read_at
      WHERE ${placeOf("excluded.last_read_message_id")} >
        coalesce(${placeOf("chat_read_cursors.last_read_message_id")}, '')`;
    const now = new Date().toISOString();
    const { meta } = await this.#db.prepare(query).bind(tenantId, now, messageId, conversationId).run();
    return meta.changes > 0;
  }

  #insert({ id, conversation_id, sender_id, content, content_type, metadata, created_at }: ChatMessage) {
    const query = "INSERT INTO chat_messages VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING";
    const text = metadata && JSON.stringify(metadata);
    return this.#db.prepare(query).bind(id, conversation_id, sender_id, content, content_type, text, created_at);
  }

  /** Has the list of conversations show a message, if it has just been stored and no newer one is shown. */
  #show(message: ChatMessage) {
    const query = `UPDATE chat_conversations SET last_message_preview = ?1, last_message_at = ?2, updated_at = ?2
      WHERE id = ?3 AND EXISTS (SELECT 1 FROM chat_messages WHERE id = ?4 AND created_at = ?2)
        AND (last_message_at IS NULL OR last_message_at <= ?2)`;
    const { id, conversation_id, created_at } = message;
    return this.#db.prepare(query).bind(previewOf(message), created_at, conversation_id, id);
  }
}
