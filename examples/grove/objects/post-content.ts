import { JsonStore, Locked, Loom, type LoomRequestContext, LoomResponse, Persisted, Route } from "loom-do";
import { retried } from "../retry.ts";
import { MigrateBody, PatchContentBody, PutContentBody } from "./post-content/schemas.ts";
import type { PostContent } from "../types.ts";
import { coldKeyOf, readColdCopy, writeColdCopy } from "./post-content/cold-copy.ts";
import { countHeavy, frozen, patched } from "./post-content/content.ts";
import { ContentRecord } from "./post-content/content-record.ts";
import { GroveObject } from "./grove-object.ts";

/** One post's content: hot in the object, or cold with its heavy fields in R2. */
@Loom({ name: "PostContentDO" })
export class PostContentDO extends GroveObject {
  /** Every R2 object that this post may have; what the record does not point at gets deleted. */
  @Persisted accessor #r2Keys: ReadonlySet<string> = new Set();
  readonly #record = new ContentRecord(new JsonStore(this.sql, this.log, "content"));

  @Route("GET", "/content")
  async read() {
    const { content, isWhole } = await this.#load();
    const response = LoomResponse.json(content);
    if (!isWhole) response.headers.set("Cache-Control", "no-store");
    return response;
  }

  @Route("GET", "/content/html")
  async readHtml() {
    const { content, isWhole } = await this.#load();
    return isWhole ? new Response(content.htmlContent, { headers: { "Content-Type": "text/html" } }) : unavailable();
  }

  @Route("PUT", "/content", { body: PutContentBody })
  write({ body }: LoomRequestContext<"/content", { body: typeof PutContentBody }>) {
    const content: PostContent = { ...body, updatedAt: Date.now(), storageLocation: "hot" };
    this.#commit(content);
    return LoomResponse.success({ content });
  }

  @Route("PATCH", "/content", { body: PatchContentBody })
  async patch(ctx: LoomRequestContext<"/content", { body: typeof PatchContentBody }>): Promise<Response> {
    const { revision } = this.#record;
    const heavy = countHeavy(ctx.body);
    const { content, isWhole } = heavy > 0 ? await this.#load() : { content: this.#record.find(), isWhole: true };
    if (!isWhole && heavy < 3) return unavailable();
    const next = patched(content, ctx.body);
    return this.#commit(next, revision) ? LoomResponse.success({ content: next }) : this.patch(ctx);
  }

  @Route("POST", "/content/invalidate")
  invalidate() {
    this.#commit(undefined);
    return LoomResponse.success({ message: "Content invalidated" });
  }

  // One at a time, and no clean-up between a copy's arrival in R2 and the record that points at it.
  @Locked("cold copies", { mode: "queue" })
  @Route("POST", "/content/migrate", { body: MigrateBody })
  async migrate({ body }: LoomRequestContext<"/content/migrate", { body: typeof MigrateBody }>) {
    const r2Key = coldKeyOf(this.#record.find(), body.r2Key);
    const { IMAGES } = this.env;
    if (!IMAGES) return LoomResponse.text("R2 not configured", 500);
    try {
      const at = await retried(() => this.#freeze(IMAGES, r2Key));
      return LoomResponse.success({ message: "Migrated to cold storage", r2Key: at });
    } catch (error) {
      if (error instanceof Response) throw error; // the post was invalidated meanwhile
      this.log.errorWithCause("A migration to R2 failed.", error, { r2Key });
      return LoomResponse.json({ error: "R2 migration failed after retries", details: String(error) }, 500);
    } finally {
      this.ctx.waitUntil(this.#cleanUp());
    }
  }

  /** Moves the heavy fields to R2, where a cold post's are already; throws if the record changed meanwhile. */
  async #freeze(bucket: R2Bucket, r2Key: string): Promise<string> {
    const [content, { revision }] = [this.#record.find(), this.#record];
    if (content.storageLocation === "cold") return content.r2Key!;
    this.#r2Keys = new Set(this.#r2Keys).add(r2Key);
    await writeColdCopy(bucket, r2Key, content);
    if (!this.#commit(frozen(content, r2Key), revision)) throw new Error("The content changed during the migration.");
    return r2Key;
  }

  /** The record with its heavy fields, from R2 when it is cold; `isWhole` says whether R2 had them. */
  async #load(): Promise<{ content: PostContent; isWhole: boolean }> {
    const [content, { revision }] = [this.#record.find(), this.#record];
    if (content.storageLocation !== "cold") return { content, isWhole: true };
    const heavy = await readColdCopy(this.env.IMAGES, content.r2Key).catch(
      (cause: unknown) => void this.log.errorWithCause("R2 did not give a cold post's content.", cause),
    );
    // A change meanwhile may have had deleted what was being read.
    if (revision !== this.#record.revision) return this.#load();
    return { content: { ...content, ...heavy }, isWhole: heavy !== undefined };
  }

  /** Replaces the record and has R2 cleaned up after it; false, and nothing done, if it changed since `revision`. */
  #commit(next: PostContent | undefined, revision = this.#record.revision): boolean {
    if (revision !== this.#record.revision) return false;
    const r2Key = this.#record.value?.r2Key;
    this.#record.replace(next);
    if (r2Key) this.#r2Keys = new Set(this.#r2Keys).add(r2Key);
    this.ctx.waitUntil(this.#cleanUp());
    return true;
  }

  @Locked("cold copies", { mode: "queue" })
  async #cleanUp(): Promise<void> {
    const unused = [...this.#r2Keys].filter((key) => key !== this.#record.value?.r2Key);
    if (unused.length === 0 || !this.env.IMAGES) return;
    try {
      await this.env.IMAGES.delete(unused);
      this.#r2Keys = new Set([...this.#r2Keys].filter((key) => !unused.includes(key)));
    } catch (cause) {
      this.log.errorWithCause("Superseded R2 objects stay until the next change.", cause, { unused });
    }
  }
}

function unavailable(): Response {
  return LoomResponse.text("Content unavailable", 503);
}
