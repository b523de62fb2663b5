import { Cached, JsonStore, Locked, type LoomRequestContext, LoomResponse, Route, Rpc, Use } from "loom-do";
import type { TenantConfig, TenantConfigChange } from "../../types.ts";
import { GroveObject } from "../grove-object.ts";
import { changeTenant, findTenant } from "./config.ts";
import { plainRefusals, refusal, type RefusalKey } from "./refusals.ts";
import { ConfigBody } from "./schemas.ts";

const configKey = "tenant_config";

/** Which site an object is, and its config: read through from D1, changed there first. */
@Use(plainRefusals)
export abstract class TenantSite extends GroveObject {
  /** Values of the site by key; what came from D1 is for when it does not answer. */
  protected readonly kept = new JsonStore(this.sql, this.log, "config");

  /** The config, null when D1 knows no such site; its last good copy, however old, while D1 does not answer. */
  @Rpc
  async getConfig(): Promise<TenantConfig | null> {
    const { subdomain } = this;
    if (subdomain === undefined) return null;
    try {
      return await this.#config(subdomain);
    } catch (cause) {
      this.log.errorWithCause("D1 did not give the config.", cause);
      const config = this.recall<TenantConfig>(configKey);
      if (config?.subdomain === subdomain) return config;
      throw refusal("configUnavailable", cause);
    }
  }

  @Rpc({ args: [ConfigBody] })
  @Locked("config", { mode: "queue", timeout: "10s" })
  async updateConfig(change: TenantConfigChange): Promise<void> {
    const { subdomain } = this;
    if (subdomain === undefined) throw refusal("noTenant");
    const config = await this.onD1("configUnavailable", (db) => changeTenant(db, subdomain, change));
    this.cache.clear(this.#config);
    if (!this.#keep(config)) throw refusal("noTenant");
  }

  @Route("GET", "/config")
  readConfig() {
    return this.site();
  }

  @Route("PUT", "/config", { body: ConfigBody })
  async writeConfig({ body }: LoomRequestContext<"/config", { body: typeof ConfigBody }>) {
    await this.updateConfig(body);
    return LoomResponse.success();
  }

  /** The site's subdomain, from the object's own name: what a caller says it is counts for nothing. */
  protected get subdomain(): string | undefined {
    return /^tenant:(.+)$/s.exec(this.ctx.id.name ?? "")?.[1];
  }

  /** The config of a site that there is. */
  protected async site(): Promise<TenantConfig> {
    const config = await this.getConfig();
    if (config) return config;
    throw refusal("noTenant");
  }

  /** Runs `work` on D1; a failure is logged, and told as `failed`. */
  protected async onD1<Result>(failed: RefusalKey, work: (db: D1Database) => Promise<Result>): Promise<Result> {
    try {
      return await work(this.database);
    } catch (cause) {
      this.log.errorWithCause("D1 did not answer.", cause);
      throw refusal(failed, cause);
    }
  }

  protected get database(): D1Database {
    if (this.env.DB) return this.env.DB;
    throw new Error("The binding DB is missing.");
  }

  /** What is kept of something that D1 has as well; nothing, which the log says, if nobody can read it. */
  protected recall<Value>(key: string): Value | undefined {
    try {
      return this.kept.get<Value>(key);
    } catch {
      return undefined; // logged where it was read; D1's next answer takes its place
    }
  }

  @Cached("5m")
  @Locked("config", { mode: "queue", timeout: "10s" })
  async #config(subdomain: string) {
    return this.#keep(await findTenant(this.database, subdomain));
  }

  #keep(config: TenantConfig | null): TenantConfig | null {
    const before = this.recall<TenantConfig>(configKey);
    if (!config) {
      this.kept.delete(configKey);
      this.cache.clear(this.#config); // a site that has just been made is there at once
    } else if (JSON.stringify(config) !== JSON.stringify(before)) {
      this.kept.set(configKey, config);
      this.sockets.broadcast({ type: "config" });
    }
    return config;
  }
}
