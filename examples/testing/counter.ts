import { Alarm, LoomDO, OnSocketOpen, Persisted, Route } from "loom-do";

export class Counter extends LoomDO {
  @Persisted accessor count = 0;

  @Route("POST", "/increment")
  increment() {
    this.count++;
    this.alarms.schedule(this.reset, "1d");
    this.sockets.broadcast({ count: this.count });
    return { count: this.count };
  }

  /** A day after the last increment. */
  @Alarm("reset")
  reset() {
    this.count = 0;
  }

  @OnSocketOpen("/live")
  open() {}

  value(): number {
    return this.count;
  }
}

export default { fetch: () => new Response("The tests reach the object by its binding.") };
