import type { Seen } from "../fixtures/platform-sockets.ts";
import type { ServedObject } from "../../support/served-object.ts";
import type { Socket } from "../../support/socket.ts";

/** An object with two sockets, one of which hears what becomes of the other. */
export interface Watched {
  readonly object: ServedObject;
  readonly watcher: Socket;
  readonly socket: Socket;
}

/** Opens both sockets of `object`. */
export async function watched(object: ServedObject): Promise<Watched> {
  return { object, watcher: await object.connect("/?tag=watcher"), socket: await object.connect("/?tag=other") };
}

/** What a watcher heard, read. */
export function seen(text: string): Seen {
  return JSON.parse(text) as Seen;
}
