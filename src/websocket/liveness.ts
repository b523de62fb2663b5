import { closeRaw } from "./close.ts";

// Sockets whose end was reported: the platform still lists one, and may call it open, inside its own close event.
const ended = new WeakSet<WebSocket>();
// Sockets that this end has closed: nothing that they still send counts.
const cut = new WeakSet<WebSocket>();

/** True for a socket that messages reach: neither end has closed it. */
export function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN && !ended.has(socket);
}

/** Counts `socket` as gone; false if it was before. */
export function markEnded(socket: WebSocket): boolean {
  if (ended.has(socket)) return false;
  ended.add(socket);
  return true;
}

/** True for a socket that this end has closed. */
export function isCut(socket: WebSocket): boolean {
  return cut.has(socket);
}

/** Closes `socket` for good: nothing that it still sends is handled. */
export function cutOff(socket: WebSocket, code: number, reason: string): void {
  cut.add(socket);
  closeRaw(socket, code, reason);
}
