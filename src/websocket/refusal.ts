import { writeUnopened } from "./attachment.ts";
import { cutOff, fitReason } from "./close.ts";
import { offeredBy, type RefusedFrame, refusalProtocol } from "./subprotocol.ts";

// By which they are counted: a client that does not answer a close keeps its socket, and an object has 32,768.
const tag = "loom:refusal";
const maxWaiting = 1000;

/**
 * A refusal of an upgrade as a socket that is closed at once, for a client that asks for it: a browser tells a page
 * nothing of a status.
 *
 * It hibernates like any other, so that a client that does not answer keeps no object awake.
 */
export function tellRefusal(ctx: DurableObjectState, request: Request, response: Response): Response {
  if (response.status < 400 || request.signal.aborted || !offeredBy(request).includes(refusalProtocol)) return response;
  if (ctx.getWebSockets(tag).length >= maxWaiting) return response;
  const { 0: client, 1: server } = new WebSocketPair();
  writeUnopened(server);
  try {
    ctx.acceptWebSocket(server, [tag]);
  } catch {
    // The object has as many sockets as it can: the status has to do.
    return response;
  }
  close(server, response);
  if (response.body?.locked === false) ctx.waitUntil(response.body.cancel());
  return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": refusalProtocol } });
}

function close(server: WebSocket, { status, statusText, headers }: Response): void {
  const [code, reason] = [4000 + status, fitReason(statusText)];
  const frame: RefusedFrame = { type: "loom:refused", code, reason, retryAfter: secondsIn(headers.get("retry-after")) };
  server.send(JSON.stringify(frame));
  cutOff(server, code, reason);
}

/** What `Retry-After` says, in seconds; it may name a date. */
function secondsIn(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return seconds > 0 ? seconds : undefined;
}
