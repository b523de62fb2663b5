import { Alarm, isLoomError, Locked, Loom, type LoomRequestContext, LoomResponse, type LoomSocket } from "loom-do";
import { OnSocketClose, OnSocketOpen, Route, Rpc } from "loom-do";
import type { DashboardStats } from "../types.ts";
import { TenantPanel } from "./tenant/panel.ts";
import { refusal } from "./tenant/refusals.ts";
import { readStats } from "./tenant/stats.ts";

interface KeptStats {
  readonly stats: DashboardStats;
  /** Unix milliseconds. */
  readonly at: number;
}

const statsKey = "stats";
const hour = 3_600_000;
const mostDashboards = 100;

/**
 * One site: its config, what its visitors do, what its owner works on, and a dashboard that shows it live.
 *
 * Its methods come in layers, a concern each: site, traffic, desk, panel, and the dashboard here.
 * Whoever reaches `/api/admin/*` or `/live` is taken for the site's owner: the router has checked the session.
 */
@Loom({ name: "TenantDO" })
export class TenantDO extends TenantPanel {
  /** The figures of the last hour; older ones while D1 does not answer. */
  @Rpc
  @Route("GET", "/api/admin/stats")
  async getDashboardStats(): Promise<DashboardStats> {
    const kept = this.recall<KeptStats>(statsKey);
    if (kept && kept.at > Date.now() - hour) return this.#refreshingLater(kept.stats);
    try {
      return await this.refreshDashboardStats();
    } catch (error) {
      if (kept && isLoomError(error) && error.status === 503) return kept.stats;
      throw error;
    }
  }

  @Rpc
  @Route("POST", "/api/admin/stats/refresh")
  async refreshDashboardStats(): Promise<DashboardStats> {
    return this.#refreshingLater(await this.#refreshStats());
  }

  /** An hour after somebody asked, and on as long as a dashboard is open. */
  @Alarm("stats")
  async keepStats() {
    // Before anything can fail: the next hour's run is worth more than a retry.
    if (this.sockets.count > 0) void this.alarms.schedule(this.keepStats, "1h");
    await this.#refreshStats();
  }

  // Nothing is waited for before the count: two that come together would not see each other.
  @OnSocketOpen("/live", { maxMessage: 1_024, rate: { messages: 10, per: "10s" } })
  watch(socket: LoomSocket, ctx: LoomRequestContext<"/live">) {
    if (this.sockets.count >= mostDashboards) return LoomResponse.text("Too many dashboards", 503);
    const kept = this.recall<KeptStats>(statsKey);
    if (kept) socket.send({ type: "stats", stats: kept.stats });
    const presence = { type: "presence", count: this.sockets.count + 1 };
    socket.send(presence);
    this.sockets.broadcast(presence);
    ctx.waitUntil(this.getDashboardStats());
  }

  @OnSocketClose
  unwatch() {
    this.sockets.broadcast({ type: "presence", count: this.sockets.count });
  }

  #refreshingLater(stats: DashboardStats): DashboardStats {
    void this.alarms.ensureScheduled(this.keepStats, "1h");
    return stats;
  }

  @Locked
  async #refreshStats(): Promise<DashboardStats> {
    const { subdomain = "" } = this;
    const stats = await this.onD1("statsUnavailable", (db) => readStats(db, subdomain, this.drafts));
    if (!stats) throw refusal("noTenant");
    this.kept.set(statsKey, { stats, at: Date.now() });
    this.sockets.broadcast({ type: "stats", stats });
    return stats;
  }
}
