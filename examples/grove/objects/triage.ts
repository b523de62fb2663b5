import { Alarm, Locked, Loom, type LoomRequestContext, LoomResponse, Persisted, Route } from "loom-do";
import { answerInvalid, failure, ProcessBody, ScheduleBody } from "./triage/schemas.ts";
import { bound, ownerOf } from "./triage/bound.ts";
import { changeSettings, nextDigestTime, readSettings, type Settings } from "./triage/settings.ts";
import { noteFailure, store } from "./triage/mailbox.ts";
import { digestIdOf, readUnread, recordDigest } from "./triage/digest.ts";
import { readFilters } from "./triage/filters.ts";
import { type Lease, MailQueue } from "./triage/mail-queue.ts";
import { type Means, triageMail } from "./triage/triage-mail.ts";
import type { Adviser } from "./triage/classify.ts";
import { digestMail, type OutgoingMail } from "./triage/digest-mail.ts";
import { GroveObject } from "./grove-object.ts";
import type { TriageStatus } from "../types.ts";
import { sendMail } from "./triage/mailer.ts";

/** What is away for long is waited for: an alarm that is given up would be the last. */
const retries = Infinity;

/** One mailbox: what came in, sorted, and a digest at set times. */
@Loom({ name: "TriageDO", invalid: answerInvalid })
export class TriageDO extends GroveObject {
  /** The time of a digest that may have been sent though nobody could note it. */
  @Persisted accessor #openDigest: number | null = null;
  readonly #queue = new MailQueue(this.sql);

  protected override schema() {
    return MailQueue.schema;
  }

  @Route("POST", "/process", { body: ProcessBody })
  async enqueue({ body }: LoomRequestContext<"/process", { body: typeof ProcessBody }>) {
    if (!this.#queue.add(body.bufferId)) return failure(503, "Queue full");
    await this.alarms.ensureScheduled(this.processQueue, 100);
    return LoomResponse.success({ queued: true });
  }

  @Route("POST", "/digest")
  async digestNow() {
    try {
      await this.#sendDigest();
      return LoomResponse.success();
    } catch (cause) {
      this.log.errorWithCause("The digest was not sent.", cause);
      return failure(500, "Digest failed");
    }
  }

  @Route("POST", "/schedule", { body: ScheduleBody })
  async schedule({ body }: LoomRequestContext<"/schedule", { body: typeof ScheduleBody }>) {
    try {
      const next = await this.#plan(() => changeSettings(bound(this.env, "IVY_DB"), ownerOf(this.ctx.id), body));
      return LoomResponse.success(next ? { nextDigestAt: next } : { digestDisabled: true });
    } catch (cause) {
      this.log.errorWithCause("The settings of the digest were not changed.", cause);
      return failure(503, "Settings unavailable");
    }
  }

  @Route("GET", "/status")
  status(): TriageStatus {
    const next = this.alarms.getScheduledTime(this.sendScheduledDigest);
    const nextDigestAt = next === null ? null : new Date(next).toISOString();
    return { queueLength: this.#queue.length, digestScheduled: next !== null, nextDigestAt };
  }

  /** Ten mails, each a try of its own; what is left comes a second later, or when its next try is due. */
  @Alarm("queue", { retries })
  async processQueue() {
    const [db, bucket] = [bound(this.env, "IVY_DB"), bound(this.env, "IVY_R2")];
    const means = { db, bucket, filters: await readFilters(db), adviser: this.#adviser, owner: ownerOf(this.ctx.id) };
    await Promise.all(this.#queue.take(10).map((lease) => this.#process(lease, means)));
    const next = this.#queue.nextTime;
    if (next !== null) await this.alarms.ensureScheduled(this.processQueue, Math.max(next - Date.now(), 1_000));
  }

  @Alarm("digest", { retries, backoff: "1m" })
  async sendScheduledDigest() {
    await this.#sendDigest();
    await this.#plan(() => readSettings(bound(this.env, "IVY_DB")));
  }

  async #process(lease: Lease, means: Means): Promise<void> {
    try {
      const triaged = await triageMail(lease, means);
      if (triaged) await this.locks.withLock("mailbox", () => store(means.db, triaged), { mode: "queue" });
      this.#queue.remove(lease.bufferId);
    } catch (cause) {
      this.log.errorWithCause("A mail was not triaged.", cause, { attempts: lease.attempts });
      await this.#noteFailure(lease, means.db, cause);
    }
  }

  /** A mail leaves the queue for good only when its row says that it failed. */
  async #noteFailure(lease: Lease, db: D1Database, cause: unknown): Promise<void> {
    try {
      const isLast = await noteFailure(db, lease, cause);
      if (isLast) this.#queue.remove(lease.bufferId);
    } catch (failed) {
      this.log.errorWithCause("D1 did not take that a mail failed: it stays in the queue.", failed);
    }
  }

  @Locked("digest", { mode: "queue" })
  async #sendDigest(): Promise<void> {
    const db = bound(this.env, "IVY_DB");
    const settings = await readSettings(db);
    if (!settings?.enabled || !settings.recipient) return;
    const { asOf, mails } = await this.#readUnread(db, settings);
    if (mails.length > 0) {
      const messageId = await this.#send(asOf, await digestMail(settings.recipient, mails, this.#adviser));
      await recordDigest(db, { asOf, mails, settings, messageId });
    }
    this.#openDigest = null;
  }

  /** Sends a digest; one whose fate is unknown is sent again under its id, with the mails it had. */
  async #send(asOf: number, mail: OutgoingMail): Promise<string | undefined> {
    const mailer = { service: bound(this.env, "ZEPHYR"), apiKey: this.env.ZEPHYR_API_KEY ?? "" };
    this.#openDigest = asOf;
    const { success, messageId, errorMessage } = await sendMail(mailer, digestIdOf(asOf), mail);
    if (success) return messageId;
    this.#openDigest = null;
    throw new Error(`The mailer refused the digest: ${errorMessage}`);
  }

  /** While no mail is being stored: one that is would be older than the digest and not in it. */
  @Locked("mailbox", { mode: "queue" })
  async #readUnread(db: D1Database, { lastDigestAt }: Settings) {
    const open = this.#openDigest;
    const isOpen = open !== null && new Date(open).toISOString() > (lastDigestAt ?? "");
    const asOf = isOpen ? open : Date.now();
    return { asOf, mails: await readUnread(db, lastDigestAt, asOf) };
  }

  /** Has the next digest sent as the settings say: no change of them comes between their reading and the alarm. */
  @Locked("settings", { mode: "queue" })
  async #plan(load: () => Promise<Settings | null>): Promise<string | null> {
    const settings = await load();
    const next = settings?.enabled ? nextDigestTime(settings) : null;
    if (next) await this.alarms.schedule(this.sendScheduledDigest, next);
    else await this.alarms.cancel(this.sendScheduledDigest);
    return next && next.toISOString();
  }

  get #adviser(): Adviser {
    return { model: this.env.CLASSIFIER, log: this.log };
  }
}
