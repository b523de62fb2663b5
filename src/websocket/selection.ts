import type { BroadcastOptions, SocketSelection } from "./options.ts";
import { type AnyLoomSocket, LoomSocket, raw } from "./socket.ts";

/** What tells the sockets of `selection`; undefined when its tag says it all, so that no attachment is read. */
export function selects({ path, pattern, filter }: SocketSelection): ((socket: AnyLoomSocket) => boolean) | undefined {
  if (path === undefined && pattern === undefined && filter === undefined) return undefined;
  return (socket) =>
    (path === undefined || socket.path === path) &&
    (pattern === undefined || socket.pattern === pattern) &&
    (filter === undefined || filter(socket));
}

/** The platform's sockets that `except` names. */
export function excluded(except: BroadcastOptions["except"]): ReadonlySet<WebSocket> | undefined {
  return except && new Set([except].flat().map((socket) => (socket instanceof LoomSocket ? socket[raw] : socket)));
}
