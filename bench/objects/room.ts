import { LoomDO, OnSocketOpen, Route } from "loom-do";
import { message } from "./room-message.ts";

export { default } from "./entry.ts";

/** A room whose sockets hear what is said. */
export class Objects extends LoomDO {
  @OnSocketOpen("/live")
  join() {}

  @Route("GET", "/sockets")
  count() {
    return { count: this.sockets.count };
  }

  @Route("POST", "/broadcast")
  broadcast() {
    this.sockets.broadcast(message);
    return { success: true };
  }
}
