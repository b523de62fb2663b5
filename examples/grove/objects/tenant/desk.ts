import { Alarm, Locked, LoomResponse, Migration, Persisted, PersistedMap, Route, Rpc, type SqlHelper } from "loom-do";
import type { z } from "zod";
import type { Draft, DraftSummary, Trail, WaypointStatus } from "../../types.ts";
import { writeCopies } from "./draft-copies.ts";
import { Drafts } from "./drafts.ts";
import { refusal } from "./refusals.ts";
import { DraftBody, type DraftContext, DraftInput, Slug, SlugParams } from "./schemas.ts";
import { Status, TrailValue, WaypointId } from "./schemas.ts";
import { TenantTraffic } from "./traffic.ts";
import { type KeptTrail, Trails } from "./trails.ts";
import { updateWaypoints, Waypoints, type WaypointUpdate } from "./waypoints.ts";

// As long as D1 is away: what is to be written waits, and is tried once an hour in the end.
const tireless = { retries: Infinity };

/** What the devices of a site's owner work on together: drafts and trails. D1 hears of both every five minutes. */
export abstract class TenantDesk extends TenantTraffic {
  @Persisted accessor #keptTrails = new PersistedMap<KeptTrail>();
  @Persisted accessor #pendingWaypoints = new PersistedMap<WaypointUpdate>();
  protected readonly drafts = new Drafts(this.sql);
  readonly #trails = new Trails(this.#keptTrails);
  readonly #waypoints = new Waypoints(this.#pendingWaypoints);

  // The first version made it by `schema()`, without a number.
  @Migration(1)
  createDrafts(sql: SqlHelper) {
    sql.exec(`CREATE TABLE IF NOT EXISTS drafts (
      slug TEXT PRIMARY KEY, content TEXT NOT NULL, metadata TEXT NOT NULL,
      last_saved INTEGER NOT NULL, device_id TEXT NOT NULL
    )`);
  }

  @Migration(2)
  addSyncedAt(sql: SqlHelper) {
    sql.exec("ALTER TABLE drafts ADD COLUMN synced_at INTEGER");
  }

  @Rpc
  @Route("GET", "/drafts")
  @Route("GET", "/api/admin/drafts")
  listDrafts(): DraftSummary[] {
    return this.drafts.list();
  }

  @Rpc({ args: [Slug] })
  getDraft(slug: string): Draft | null {
    return this.drafts.get(slug);
  }

  @Rpc({ args: [DraftInput] })
  saveDraft(draft: z.output<typeof DraftInput>): { readonly lastSaved: number } {
    const lastSaved = this.drafts.save(draft);
    void this.alarms.ensureScheduled(this.copyDrafts, "5m");
    return { lastSaved };
  }

  @Rpc({ args: [Slug] })
  deleteDraft(slug: string): void {
    if (this.drafts.delete(slug)) void this.alarms.ensureScheduled(this.copyDrafts, "5m");
  }

  @Route("GET", "/drafts/:slug", { params: SlugParams })
  @Route("GET", "/api/admin/drafts/:slug", { params: SlugParams })
  readDraft({ params }: DraftContext) {
    const draft = this.getDraft(params.slug);
    if (draft) return draft;
    throw refusal("noDraft");
  }

  @Route("PUT", "/drafts/:slug", { params: SlugParams, body: DraftBody })
  @Route("PUT", "/api/admin/drafts/:slug", { params: SlugParams, body: DraftBody })
  writeDraft({ params, body }: DraftContext<{ body: typeof DraftBody }>) {
    return LoomResponse.success(this.saveDraft({ ...body, ...params }));
  }

  @Route("DELETE", "/drafts/:slug", { params: SlugParams })
  @Route("DELETE", "/api/admin/drafts/:slug", { params: SlugParams })
  dropDraft({ params }: DraftContext) {
    this.deleteDraft(params.slug);
    return LoomResponse.success();
  }

  @Alarm("drafts", tireless)
  async copyDrafts() {
    const site = await this.getConfig();
    // Drafts of no site that D1 knows stay here, until the next one that is saved.
    if (site) await writeCopies(this.drafts, this.database, site.id);
  }

  /** A trail that was set less than five minutes ago, with the waypoints as they are now. */
  @Rpc({ args: [Slug] })
  getTrail(slug: string): Trail | null {
    const trail = this.#trails.get(slug);
    return trail && this.#waypoints.applyTo(trail);
  }

  @Rpc({ args: [Slug, TrailValue] })
  setTrail(slug: string, trail: Trail): void {
    this.#trails.set(slug, trail);
  }

  @Rpc({ args: [Slug] })
  invalidateTrail(slug: string): void {
    this.#trails.invalidate(slug);
  }

  /** Has D1 told within five minutes; whose waypoint it is, the caller has to know. */
  @Rpc({ args: [WaypointId, Status] })
  queueWaypointUpdate(id: string, status: WaypointStatus): void {
    this.#waypoints.queue(id, status);
    void this.alarms.ensureScheduled(this.flushWaypointUpdates, "5m");
  }

  @Rpc
  @Alarm("waypoints", tireless)
  @Locked
  async flushWaypointUpdates(): Promise<void> {
    const updates = this.#waypoints.pending();
    if (updates.length === 0) return;
    await this.onD1("waypointsUnavailable", (db) => updateWaypoints(db, updates));
    this.#waypoints.forget(updates);
    this.#trails.clear(); // read before
  }
}
