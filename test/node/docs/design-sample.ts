// The design's sample, word for word but for its elisions and for what it takes as given.
import {
  Alarm,
  Batched,
  type BatchInfo,
  Cached,
  type Frozen,
  LoomDO,
  type LoomRequestContext,
  LoomResponse,
  type LoomSocket,
  OnSocketMessage,
  OnSocketOpen,
  Persisted,
  PersistedMap,
  Route,
} from "loom-do";
import { z } from "zod";

interface Env {
  readonly DB: D1Database;
}
interface Theme {
  readonly colors: Record<string, string>;
}
interface Draft {
  content: string;
  deviceId: string;
  lastSaved: number;
}
declare const DEFAULT_THEME: Theme;
declare function loadConfig(db: D1Database, name: string | undefined): Promise<{ plan: string }>;
declare function insertAll(db: D1Database, id: string, events: readonly AnalyticsEvent[]): Promise<void>;
const AnalyticsEvent = z.object({ name: z.string() });
type AnalyticsEvent = z.output<typeof AnalyticsEvent>;
const Typing = z.object({ type: z.literal("typing"), user: z.string() });
type TypingMessage = z.output<typeof Typing>;

const DraftBody = z.object({ content: z.string(), deviceId: z.string() });

export class TenantDO extends LoomDO<unknown, Env> {
  @Persisted accessor theme: Frozen<Theme> = DEFAULT_THEME;
  @Persisted accessor drafts = new PersistedMap<Draft>();

  @Route("GET", "/drafts/:slug")
  readDraft({ params }: LoomRequestContext<"/drafts/:slug">) {
    return this.drafts.get(params.slug) ?? LoomResponse.text("Draft not found", 404);
  }

  @Route("PUT", "/drafts/:slug", { body: DraftBody })
  writeDraft({ params, body }: LoomRequestContext<"/drafts/:slug", { body: typeof DraftBody }>) {
    const lastSaved = Date.now();
    this.drafts.set(params.slug, { ...body, lastSaved });
    return { success: true, lastSaved };
  }

  @Cached("5m") async config() {
    return loadConfig(this.env.DB, this.ctx.id.name);
  }

  @Batched({ max: 100, within: "60s" })
  async saveEvents(events: readonly AnalyticsEvent[], { id }: BatchInfo) {
    await insertAll(this.env.DB, id, events);
  }

  @Route("POST", "/analytics", { body: AnalyticsEvent })
  record({ body }: LoomRequestContext<"/analytics", { body: typeof AnalyticsEvent }>) {
    this.batches.add(this.saveEvents, body);
    return { success: true };
  }

  @Alarm("refresh-stats", { every: "1h" }) async refreshStats() {}

  @OnSocketOpen("/live") join(socket: LoomSocket) {
    socket.send({ type: "hello" });
  }
  @OnSocketMessage("typing", Typing) typing(socket: LoomSocket, message: TypingMessage) {
    this.sockets.broadcast(message, { except: socket });
  }
}
