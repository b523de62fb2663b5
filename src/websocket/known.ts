import { writeAttached } from "./attachment.ts";
import { LoomSocket, type NewSocket } from "./socket.ts";

const known = new WeakMap<WebSocket, LoomSocket>();

/** The LoomSocket of `socket`: one a wake. */
export function socketOf(socket: WebSocket, ctx: DurableObjectState): LoomSocket {
  const found = known.get(socket) ?? new LoomSocket(socket, ctx);
  known.set(socket, found);
  return found;
}

/** The LoomSocket of one end that is not accepted yet. */
export function newSocket(socket: WebSocket, ctx: DurableObjectState, made: NewSocket): LoomSocket {
  writeAttached(socket, made.attached);
  const found = new LoomSocket(socket, ctx, made);
  known.set(socket, found);
  return found;
}
