import { runInDurableObject } from "cloudflare:test";

/**
 * Opens so many sockets inside the object, faster than clients come by its door.
 *
 * Hold what it returns: a socket whose other end nobody holds may close.
 */
export function openByHand(object: DurableObjectStub, count: number): Promise<WebSocket[]> {
  return runInDurableObject(object, (_object, ctx) => {
    return Array.from({ length: count }, () => {
      const { 0: client, 1: server } = new WebSocketPair();
      ctx.acceptWebSocket(server);
      return client;
    });
  });
}
