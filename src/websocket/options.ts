import type { LoomRequestContext } from "../http/context.ts";
import type { Duration } from "../types.ts";
import type { AnyLoomSocket, LoomSocket } from "./socket.ts";

/** How much one socket may send. */
export interface SocketLimits {
  /** The largest message, in bytes; a larger one closes the socket with 1009. @default 1048576 */
  readonly maxMessage?: number;
  /** How many messages in how long; a faster socket is closed with 1008. @default no limit */
  readonly rate?: SocketRate;
}

/** So many messages in so long, in a burst or spread out. */
export interface SocketRate {
  readonly messages: number;
  readonly per: Duration;
}

/** How @OnSocketOpen takes an upgrade. */
export interface SocketOpenOptions<Path extends string = string> extends SocketLimits {
  /** Up to 10 tags of up to 256 characters, by which the object finds its sockets: fixed once it is open. */
  readonly tags?: readonly string[] | ((ctx: LoomRequestContext<Path>) => readonly string[]);
  /** The subprotocols that the class speaks: the first of these that the client offers. @default the client's first */
  readonly protocol?: string | readonly string[];
}

/** How `sockets.accept` takes an upgrade. */
export interface SocketAcceptOptions<State = unknown> extends SocketLimits {
  /** Up to 10 tags of up to 256 characters, by which the object finds its sockets. */
  readonly tags?: readonly string[];
  /** The socket's first `state`. */
  readonly state?: State;
  /** The subprotocols that the object speaks: the first of these that the client offers. @default the client's first */
  readonly protocol?: string | readonly string[];
  /** Given the socket as soon as it is accepted. */
  readonly onOpen?: (socket: LoomSocket<State>) => void;
  /** Sockets always hibernate: others would end with the first eviction, and keep the object awake until then. */
  readonly hibernation?: true;
}

/** Which of the open sockets. */
export interface SocketSelection {
  readonly tag?: string;
  /** The path of the upgrade as it was sent. */
  readonly path?: string;
  /** The path that @OnSocketOpen declares. */
  readonly pattern?: string;
  readonly filter?: (socket: AnyLoomSocket) => boolean;
}

/** Who gets a broadcast. */
export interface BroadcastOptions extends SocketSelection {
  /** Who does not: most often whoever caused it. */
  readonly except?: AnyLoomSocket | WebSocket | readonly (AnyLoomSocket | WebSocket)[];
}
