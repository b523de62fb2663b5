import { DurableObject } from "cloudflare:workers";
import { message } from "./room-message.ts";

export { default } from "./entry.ts";

/** The same room without Loom. */
export class Objects extends DurableObject {
  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    if (pathname === "/live") return this.#join();
    if (pathname === "/sockets") return Response.json({ count: this.ctx.getWebSockets().length });
    if (pathname === "/broadcast") return this.#broadcast();
    return new Response("Not found", { status: 404 });
  }

  #join(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ id: crypto.randomUUID() });
    return new Response(null, { status: 101, webSocket: client });
  }

  #broadcast(): Response {
    const text = JSON.stringify(message);
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(text);
      } catch {
        // One that has gone takes nothing from the others.
      }
    }
    return Response.json({ success: true });
  }
}
