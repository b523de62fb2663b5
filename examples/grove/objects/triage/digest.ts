import { safeJsonParse } from "loom-do";
import { z } from "zod";
import type { MailCategory, MailEnvelope } from "../../types.ts";
import type { Settings } from "./settings.ts";

/** The order in which a digest shows categories; any other comes last. */
export const digestOrder = ["important", "actionable", "fyi", "transactional", "social", "marketing"] as const;

/** A mail as a digest shows it. */
export interface DigestMail extends Pick<MailEnvelope, "from" | "subject" | "snippet"> {
  readonly category: MailCategory | "other";
}

const text = z.string().catch("");

// One that cannot be read is shown empty: it must not stop the digests.
const Envelope = z.object({ from: text, subject: text, snippet: text }).catch({ from: "", subject: "", snippet: "" });

interface UnreadRow {
  readonly category: string | null;
  readonly encrypted_envelope: string | null;
}

/** A digest that has been sent. */
export interface SentDigest {
  /** Unix milliseconds: the mails that came in until then are in it. */
  readonly asOf: number;
  readonly mails: readonly DigestMail[];
  readonly settings: Settings;
  readonly messageId: string | undefined;
}

/** The unread mails that came in since the last digest, until `asOf`, in a digest's order; a hundred at most. */
export async function readUnread(db: D1Database, since: string | null, asOf: number): Promise<DigestMail[]> {
  const ranks = digestOrder.map((category, rank) => `WHEN '${category}' THEN ${rank}`).join(" ");
  const statement = db.prepare(
    `SELECT category, encrypted_envelope FROM ivy_emails
     WHERE is_read = 0 AND is_draft = 0 AND category IS NOT 'junk' AND created_at > ?1 AND created_at <= ?2
     ORDER BY CASE category ${ranks} ELSE ${digestOrder.length} END, created_at DESC LIMIT 100`,
  );
  const { results } = await statement.bind(since ?? "", new Date(asOf).toISOString()).all<UnreadRow>();
  return results.map(mailOf);
}

/** The id of a digest, the same for each try to send it. */
export function digestIdOf(asOf: number): string {
  return `digest-${asOf}`;
}

/** Logs a digest and moves the time of the last one, both or neither. */
export async function recordDigest(db: D1Database, { asOf, mails, settings, messageId }: SentDigest): Promise<void> {
  const groups = Map.groupBy(mails, ({ category }) => category);
  const counts = Object.fromEntries([...groups].map(([category, { length }]) => [category, length]));
  const log = [digestIdOf(asOf), new Date().toISOString(), settings.recipient, mails.length, JSON.stringify(counts)];
  await db.batch([
    db
      .prepare(
        `INSERT INTO ivy_digest_log (id, sent_at, recipient, email_count, categories, zephyr_message_id, digest_type)
         VALUES (?, ?, ?, ?, ?, ?, 'scheduled') ON CONFLICT DO NOTHING`,
      )
      .bind(...log, messageId ?? null),
    db
      .prepare("UPDATE ivy_settings SET last_digest_at = ? WHERE user_id IS ?")
      .bind(new Date(asOf).toISOString(), settings.userId),
  ]);
}

function mailOf({ category, encrypted_envelope }: UnreadRow): DigestMail {
  const envelope = Envelope.parse(safeJsonParse<unknown>(encrypted_envelope, null));
  return { ...envelope, category: (category ?? "other") as DigestMail["category"] }; // as it was stored
}
