import { type Adviser, classify } from "./classify.ts";
import { claim, type Triaged } from "./mailbox.ts";
import { type Filter, filtered } from "./filters.ts";
import type { Lease } from "./mail-queue.ts";
import { readMail } from "./mail.ts";

/** What mails are triaged with. */
export interface Means {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly filters: readonly Filter[];
  readonly adviser: Adviser;
  /** Whose mails they are that do not say. */
  readonly owner: string;
}

/** Takes a mail from the buffer, classifies it and puts it in R2; null for one that is done with. */
export async function triageMail(lease: Lease, means: Means): Promise<Triaged | null> {
  const buffered = await claim(means.db, lease);
  if (!buffered) return null;
  const mail = readMail(buffered.raw_payload);
  const classification = filtered(mail.address, means.filters) ?? (await classify(mail, means.adviser));
  const id = await emailIdOf(lease.bufferId);
  const userId = buffered.user_id ?? means.owner;
  const contentKey = `emails/${encodeURIComponent(userId)}/${id}`;
  await means.bucket.put(contentKey, mail.raw);
  return { bufferId: lease.bufferId, receivedAt: buffered.received_at, id, userId, contentKey, mail, classification };
}

/** The same for each try of a mail, so that it cannot be stored twice. */
async function emailIdOf(bufferId: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(bufferId));
  return [...new Uint8Array(hash, 0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
