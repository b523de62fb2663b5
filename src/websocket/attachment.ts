import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { SocketLimits } from "./options.ts";

/** What the platform keeps of a socket while the object is not in memory. */
export interface Attached {
  readonly id: string;
  /** The path as it was sent, and as the class declares it. */
  readonly path: string;
  readonly pattern: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Those given to `accept`; a declared path's are read from the class, so that a new version's count. */
  readonly limits: SocketLimits | undefined;
  readonly state: unknown;
  /** What this end has done to it. */
  readonly fate: Fate;
}

/** What an object has done to a socket: nothing, closed it, or closed it before it was open. */
export type Fate = (typeof fates)[keyof typeof fates];

// Numbers: a socket is closed without its attachment getting larger than it may be.
export const fates = { alive: 0, closed: 1, unopened: 2 } as const;

// Tells an attachment of ours from one that a user made.
const mark = "loom:socket";
// As far as this wake knows: a state may be assigned after the end.
const known = new WeakMap<WebSocket, Fate>();

/** What is attached to `socket`; undefined for one that Loom did not accept. */
export function readAttached(socket: WebSocket): Attached | undefined {
  const found: unknown = socket.deserializeAttachment();
  if (!Array.isArray(found) || found[0] !== mark) return undefined;
  const [, id, path, pattern, params, limits, state, fate] = found as unknown[];
  return { id, path, pattern, params, limits, state, fate } as Attached; // as `writeAttached` packed it
}

/** Attaches `attached`, whole or not at all. */
export function writeAttached(socket: WebSocket, attached: Attached): void {
  const { id, path, pattern, params, limits, state } = attached;
  const fate = known.get(socket) ?? attached.fate;
  try {
    // A list, not a record: the names of the fields would be kept with every socket.
    socket.serializeAttachment([mark, id, path, pattern, params, limits, state, fate]);
  } catch (cause) {
    const message = "socket.state is over the 16,384 bytes of a socket. Keep the data in storage, and its key here.";
    throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message, cause });
  }
}

/** Attaches to `socket` that it was never to be opened, and nothing else. */
export function writeUnopened(socket: WebSocket): void {
  const nothing = { path: "", pattern: undefined, params: {}, limits: undefined, state: undefined };
  writeAttached(socket, { ...nothing, id: "", fate: fates.unopened });
}

/** Decides the fate of `socket`, this wake and after. */
export function seal(socket: WebSocket, fate: Fate): void {
  known.set(socket, fate);
  const attached = readAttached(socket);
  if (attached) writeAttached(socket, attached);
}

/** The fate of `socket`; that of one accepted by hand is forgotten with the wake. */
export function fateOf(socket: WebSocket): Fate {
  const found = known.get(socket) ?? readAttached(socket)?.fate ?? fates.alive;
  known.set(socket, found);
  return found;
}
