import { Batched, type BatchInfo, Cached, JsonStore, Locked, Loom, LoomResponse, Route } from "loom-do";
import type { LoomRequestContext } from "loom-do";
import { type DraftContext, type DraftRow, stateOf } from "./tenant/drafts.ts";
import { type AnalyticsEvent, insertEvents } from "./tenant/events.ts";
import { ConfigBody, DraftBody, DraftParams, EventBody } from "./tenant/schemas.ts";
import { changeTenant, findTenant } from "./tenant/config.ts";
import type { TenantConfig } from "../types.ts";
import { GroveObject } from "./grove-object.ts";

const configKey = "tenant_config";
const maxDrafts = 500;

/** One site: its config, read through from D1, the drafts that its devices share, the events of its visitors. */
@Loom({ name: "TenantDO" })
export class TenantDO extends GroveObject {
  /** The last config that D1 gave, for when it does not answer. */
  readonly #lastGood = new JsonStore(this.sql, this.log, "config");

  protected override schema() {
    return `CREATE TABLE IF NOT EXISTS drafts (
      slug TEXT PRIMARY KEY, content TEXT NOT NULL, metadata TEXT NOT NULL,
      last_saved INTEGER NOT NULL, device_id TEXT NOT NULL
    )`;
  }

  @Route("GET", "/config")
  async readConfig() {
    const subdomain = this.#subdomain;
    if (subdomain === undefined) return tenantNotFound();
    try {
      return (await this.#config(subdomain)) ?? tenantNotFound();
    } catch (cause) {
      this.log.errorWithCause("D1 did not give the config.", cause);
      const config = this.#lastGood.get<TenantConfig>(configKey);
      return config?.subdomain === subdomain ? config : unavailable();
    }
  }

  @Locked("config", { mode: "queue", timeout: "10s" })
  @Route("PUT", "/config", { body: ConfigBody })
  async writeConfig({ body }: LoomRequestContext<"/config", { body: typeof ConfigBody }>) {
    const subdomain = this.#subdomain;
    if (subdomain === undefined) return tenantNotFound();
    try {
      const config = await changeTenant(this.env.DB, subdomain, body);
      this.cache.clear(this.#config);
      return this.#keep(config) ? LoomResponse.success() : tenantNotFound();
    } catch (cause) {
      this.log.errorWithCause("D1 did not take the config.", cause);
      return unavailable();
    }
  }

  @Route("GET", "/drafts")
  listDrafts() {
    const query = "SELECT slug, metadata, last_saved, device_id FROM drafts ORDER BY last_saved DESC, slug";
    const rows = this.sql.queryAll<Omit<DraftRow, "content">>(query);
    return rows.map(({ slug, ...row }) => ({ slug, ...stateOf(row) }));
  }

  @Route("GET", "/drafts/:slug", { params: DraftParams })
  readDraft({ params: { slug } }: DraftContext) {
    const row = this.#draft(slug);
    return row ? { slug, content: row.content, ...stateOf(row) } : LoomResponse.text("Draft not found", 404);
  }

  @Route("PUT", "/drafts/:slug", { params: DraftParams, body: DraftBody })
  saveDraft({ params: { slug }, body }: DraftContext<{ body: typeof DraftBody }>) {
    const { content, metadata, deviceId, lastSaved: seen = Infinity } = body;
    const row = this.#draft(slug);
    if (!row && this.#countDrafts() >= maxDrafts) return LoomResponse.text("Too many drafts", 400);
    if (row && row.device_id !== deviceId && row.last_saved > seen)
      return LoomResponse.text("Draft changed elsewhere", 409);
    // Later than what it replaces even within one millisecond: devices tell versions apart by it.
    const lastSaved = Math.max(Date.now(), (row?.last_saved ?? 0) + 1);
    this.sql.exec(
      `INSERT INTO drafts (slug, content, metadata, last_saved, device_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (slug) DO UPDATE SET content = excluded.content, metadata = excluded.metadata,
         last_saved = excluded.last_saved, device_id = excluded.device_id`,
      ...[slug, content, JSON.stringify(metadata), lastSaved, deviceId],
    );
    return LoomResponse.success({ lastSaved });
  }

  @Route("DELETE", "/drafts/:slug", { params: DraftParams })
  deleteDraft({ params: { slug } }: DraftContext) {
    this.sql.exec("DELETE FROM drafts WHERE slug = ?", slug);
    return LoomResponse.success();
  }

  @Route("POST", "/analytics", { body: EventBody })
  recordEvent({ body }: LoomRequestContext<"/analytics", { body: typeof EventBody }>) {
    this.batches.add(this.saveEvents, { ...body, timestamp: body.timestamp ?? Date.now() });
    return LoomResponse.success();
  }

  /** Keeps trying while D1 is away: the newest thousand events wait for it. */
  @Batched({ max: 100, within: "60s", capacity: 1_000, overflow: "drop-oldest", retries: 1_000_000 })
  async saveEvents(events: readonly AnalyticsEvent[], { id }: BatchInfo) {
    await insertEvents(this.env.DB, { site: this.#subdomain ?? this.ctx.id.toString(), batch: id, events });
  }

  /** The site's subdomain, from the object's own name: what a caller says it is counts for nothing. */
  get #subdomain(): string | undefined {
    return /^tenant:(.+)$/s.exec(this.ctx.id.name ?? "")?.[1];
  }

  @Cached("5m")
  @Locked("config", { mode: "queue", timeout: "10s" })
  async #config(subdomain: string) {
    return this.#keep(await findTenant(this.env.DB, subdomain));
  }

  #keep(config: TenantConfig | null): TenantConfig | null {
    if (config) this.#lastGood.set(configKey, config);
    else {
      this.#lastGood.delete(configKey);
      this.cache.clear(this.#config); // a site that has just been made is there at once
    }
    return config;
  }

  #draft(slug: string): DraftRow | undefined {
    return this.sql<DraftRow>`SELECT * FROM drafts WHERE slug = ${slug}`[0];
  }

  #countDrafts(): number {
    return this.sql<{ count: number }>`SELECT count(*) AS count FROM drafts`[0]!.count;
  }
}

function tenantNotFound(): Response {
  return LoomResponse.text("Tenant not found", 404);
}

function unavailable(): Response {
  return LoomResponse.text("Tenant config unavailable", 503);
}
