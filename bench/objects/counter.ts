import { Cached, Locked, Loom, LoomDO, type LoomRequestContext, Migration, OnStart } from "loom-do";
import { Persisted, Route, Rpc, type SqlHelper, Use } from "loom-do";

/** A counter that has every decorator of the core above one of its members. */
@Loom({ name: "counter" })
@Use((_ctx, next) => next())
export class Counter extends LoomDO {
  @Persisted accessor value = 0;

  @Migration(1) createSteps(sql: SqlHelper) {
    sql.exec("CREATE TABLE steps (size INTEGER)");
  }

  @OnStart warmUp() {
    this.log.debug("awake", { value: this.value });
  }

  @Route("POST", "/add/:size")
  add({ params }: LoomRequestContext<"/add/:size">) {
    this.value += Number(params.size);
    return { value: this.value };
  }

  @Rpc read() {
    return this.value;
  }

  @Locked("total") @Cached("1m") async total() {
    return this.store.get("total");
  }
}

export default { fetch: () => new Response() };
