import { Alarm, Batched, Cached, Locked, Loom, LoomDO, type LoomRequestContext, type LoomSocket } from "loom-do";
import { Migration, OnSocketClose, OnSocketError, OnSocketMessage, OnSocketOpen, OnStart } from "loom-do";
import { Persisted, PersistedMap, Route, Rpc, type SqlHelper, Use } from "loom-do";

/** A counter that has every decorator above one of its members. */
@Loom({ name: "counter" })
@Use((_ctx, next) => next())
export class Counter extends LoomDO {
  @Persisted accessor value = 0;
  @Persisted accessor steps = new PersistedMap<number>();

  @Migration(1) createSteps(sql: SqlHelper) {
    sql.exec("CREATE TABLE steps (size INTEGER)");
  }

  @OnStart warmUp() {
    this.log.debug("awake", { value: this.value });
  }

  @Route("POST", "/add/:size")
  add({ params }: LoomRequestContext<"/add/:size">) {
    this.value += Number(params.size);
    this.steps.set(`${this.value}`, Number(params.size));
    this.batches.add(this.report, params.size);
    this.sockets.broadcast({ type: "value", value: this.value });
    return { value: this.value };
  }

  @Rpc read() {
    return this.value;
  }

  @Locked("total") @Cached("1m") async total() {
    return this.store.get("total");
  }

  @Alarm("reset") reset() {
    this.value = 0;
  }

  @Batched({ max: 100, within: "60s" })
  report(sizes: readonly unknown[]) {
    this.log.info("added", { sizes });
  }

  @OnSocketOpen("/live") join(socket: LoomSocket) {
    socket.send({ type: "value", value: this.value });
  }

  @OnSocketMessage("reset") async plan() {
    await this.alarms.schedule(this.reset, "1m");
  }

  @OnSocketClose left() {
    this.log.debug("left");
  }

  @OnSocketError failed(_socket: LoomSocket, error: unknown) {
    this.log.warn("failed", { error });
  }
}

export default { fetch: () => new Response() };
