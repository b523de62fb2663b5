// The design's sample, word for word but for its elisions. What is built is the real thing; what is not yet is declared.
import { Cached, LoomDO as Built, type Frozen, type LoomRequestContext, LoomResponse, Persisted, Route } from "loom-do";
import { z } from "zod";

declare class PersistedMap<Value> {
  get(key: string): Frozen<Value> | undefined;
  set(key: string, value: Value): void;
}
interface BatchInfo {
  readonly id: string;
}
interface LoomSocket {
  send(message: unknown): void;
}
type Member = <This extends Built<any, any>, Value extends (this: This, ...args: any[]) => unknown>(
  value: Value,
  context: ClassMethodDecoratorContext<This, Value>,
) => void;
declare function Batched(options: { max: number; within: string }): Member;
declare function Alarm(name: string, options: { every: string }): Member;
declare function OnSocketOpen(path: string): Member;
declare function OnSocketMessage(type: string, schema: unknown): Member;

abstract class LoomDO<State, Environment> extends Built<State, Environment> {
  declare protected readonly batches: {
    add<Item>(sink: (items: readonly Item[], info: BatchInfo) => unknown, item: Item): void;
  };
  declare protected readonly sockets: { broadcast(message: unknown, options: { except: LoomSocket }): void };
}

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
