import type { Classification, MailEnvelope } from "../../types.ts";
import type { Lease } from "./mail-queue.ts";
import { type Mail, UnreadableMail } from "./mail.ts";

const maxAttempts = 5;

/** What the buffer has of a mail. */
export interface Buffered {
  readonly user_id: string | null;
  readonly raw_payload: string | null;
  readonly received_at: string | null;
}

/** A mail that is ready to be stored. */
export interface Triaged {
  readonly bufferId: string;
  readonly id: string;
  readonly userId: string;
  readonly contentKey: string;
  readonly receivedAt: string | null;
  readonly mail: Mail;
  readonly classification: Classification;
}

/** Takes a mail out of the buffer; null for one that is done with. What a crash left half done is taken again. */
export function claim(db: D1Database, { bufferId, attempts }: Lease): Promise<Buffered | null> {
  if (attempts > maxAttempts) throw new Error("The object stopped during the last attempt.");
  const statement = db.prepare(
    `UPDATE ivy_webhook_buffer SET status = 'processing', retry_count = ?2
     WHERE id = ?1 AND status IN ('pending', 'processing') RETURNING user_id, raw_payload, received_at`,
  );
  return statement.bind(bufferId, attempts - 1).first<Buffered>();
}

/** Notes that a try failed, and returns whether it was the last: then the mail has failed for good. */
export async function noteFailure(db: D1Database, { bufferId, attempts }: Lease, cause: unknown): Promise<boolean> {
  const isLast = attempts >= maxAttempts || cause instanceof UnreadableMail;
  const statement = db.prepare(
    `UPDATE ivy_webhook_buffer SET status = ?2, retry_count = ?3, error_message = ?4, processed_at = ?5
     WHERE id = ?1 AND status IN ('pending', 'processing')`,
  );
  const [status, failures] = [isLast ? "failed" : "pending", Math.min(attempts, maxAttempts)];
  const end = isLast ? new Date().toISOString() : null;
  await statement.bind(bufferId, status, failures, String(cause).slice(0, 500), end).run();
  return isLast;
}

/** Stores a mail and ends its stay in the buffer, both or neither; one that is stored already stays as it is. */
export async function store(db: D1Database, triaged: Triaged): Promise<void> {
  const { bufferId, id, userId, contentKey, mail, classification } = triaged;
  const { category, confidence, suggestedAction, topics, reason, model } = classification;
  const now = new Date().toISOString();
  const values = [id, userId, JSON.stringify(envelopeOf(triaged, now)), contentKey, mail.from, now];
  const found = [category, confidence, suggestedAction, JSON.stringify(topics), reason, model];
  await db.batch([
    db
      .prepare(
        `INSERT INTO ivy_emails (id, user_id, encrypted_envelope, r2_content_key, original_sender, created_at,
           classified_at, category, confidence, suggested_action, topics, classification_reason,
           classification_model, is_draft, is_read)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0) ON CONFLICT DO NOTHING`,
      )
      .bind(...values, ...found),
    db
      .prepare(
        `UPDATE ivy_webhook_buffer SET status = 'completed', processed_at = ?2, error_message = NULL WHERE id = ?1`,
      )
      .bind(bufferId, now),
  ]);
}

function envelopeOf({ mail, receivedAt }: Triaged, now: string): MailEnvelope {
  const { from, to, subject, snippet, date } = mail;
  return { from, to, subject, snippet, date: date ?? receivedAt ?? now, labels: ["inbox"] };
}
