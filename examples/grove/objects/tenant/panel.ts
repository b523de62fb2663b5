import { Locked, type LoomRequestContext, LoomResponse, Persisted, PersistedMap, Route, Rpc } from "loom-do";
import { z } from "zod";
import type { AdminConfig, AdminConfigChange, AdminSection, NewSection, TenantConfig } from "../../types.ts";
import { type AdminChange, type AdminSettings, firstSettings, writeChange } from "./admin-change.ts";
import {
  AdminConfigBody,
  Order,
  SectionBody,
  SectionChangeBody,
  type SectionContext,
  SectionParams,
} from "./admin-schemas.ts";
import { TenantDesk } from "./desk.ts";
import { Sections } from "./sections.ts";

type Body<Path extends string, Schema extends z.ZodType> = LoomRequestContext<Path, { body: Schema }>;

const settingsKey = "admin_config";

/** The admin panel: its settings and its sections. D1 takes a change first, then the object. */
export abstract class TenantPanel extends TenantDesk {
  @Persisted accessor #keptSections = new PersistedMap<AdminSection>();
  readonly #sections = new Sections(this.#keptSections);

  @Rpc
  @Route("GET", "/api/admin/config")
  getAdminConfig(): AdminConfig {
    const { font, theme, editorPreferences } = this.#settings;
    return { font, theme, customSections: this.#sections.custom(), editorPreferences };
  }

  /** Changes what is given; `customSections` are put in place of all that the site has made. */
  @Rpc({ args: [AdminConfigBody] })
  async updateAdminConfig({ customSections, ...change }: AdminConfigChange): Promise<void> {
    await this.#change(({ tier }) => ({
      ...(Object.keys(change).length > 0 && { settings: { ...this.#settings, ...change } }),
      ...(customSections && this.#sections.replaced(customSections, tier)),
    }));
  }

  /** The sections that the site has made; the panel's other ones are in `GET /api/admin/sections`. */
  @Rpc
  getCustomSections(): AdminSection[] {
    return this.#sections.custom();
  }

  @Rpc({ args: [SectionBody] })
  async addSection(given: NewSection): Promise<AdminSection> {
    const { sections } = await this.#change(({ tier }) => ({ sections: [this.#sections.added(given, tier)] }));
    return sections![0]!; // the one above
  }

  @Rpc({ args: [z.string(), SectionChangeBody] })
  async updateSection(id: string, change: Partial<AdminSection>): Promise<void> {
    await this.#change(({ tier }) => ({ sections: [this.#sections.changed(id, change, tier)] }));
  }

  @Rpc({ args: [z.string()] })
  async removeSection(id: string): Promise<void> {
    await this.#change(() => ({ removed: [this.#sections.removable(id)] }));
  }

  /** Puts sections in this order: all of them, or all that the site has made. */
  @Rpc({ args: [Order.shape.ids] })
  async reorderSections(ids: readonly string[]): Promise<void> {
    await this.#change(() => ({ sections: this.#sections.ordered(ids) }));
  }

  @Route("PUT", "/api/admin/config", { body: AdminConfigBody })
  async writeAdminConfig({ body }: Body<"/api/admin/config", typeof AdminConfigBody>) {
    await this.updateAdminConfig(body);
    return LoomResponse.success();
  }

  @Route("GET", "/api/admin/sections")
  listSections() {
    return this.#sections.list();
  }

  @Route("POST", "/api/admin/sections", { body: SectionBody })
  async makeSection({ body }: Body<"/api/admin/sections", typeof SectionBody>) {
    return LoomResponse.json(await this.addSection(body), 201);
  }

  @Route("PUT", "/api/admin/sections/:id", { params: SectionParams, body: SectionChangeBody })
  async writeSection({ params, body }: SectionContext<{ body: typeof SectionChangeBody }>) {
    await this.updateSection(params.id, body);
    return LoomResponse.success();
  }

  @Route("DELETE", "/api/admin/sections/:id", { params: SectionParams })
  async dropSection({ params }: SectionContext) {
    await this.removeSection(params.id);
    return LoomResponse.success();
  }

  @Route("POST", "/api/admin/sections/reorder", { body: Order })
  async orderSections({ body }: Body<"/api/admin/sections/reorder", typeof Order>) {
    await this.reorderSections(body.ids);
    return LoomResponse.success();
  }

  get #settings(): AdminSettings {
    return this.kept.get<AdminSettings>(settingsKey) ?? firstSettings;
  }

  /** Carries out what `plan` makes of the site as it is: one change after another. */
  @Locked("admin", { mode: "queue", timeout: "10s" })
  async #change(plan: (site: TenantConfig) => AdminChange): Promise<AdminChange> {
    const site = await this.site();
    const change = plan(site);
    await this.onD1("adminUnavailable", (db) => writeChange(db, site.id, change));
    if (change.settings) this.kept.set(settingsKey, change.settings);
    this.#sections.apply(change);
    this.sockets.broadcast({ type: "config" });
    return change;
  }
}
