import { LoomConnection } from "./connection.ts";
import type { AnyMessages, Messages, MessageSchemas, MessagesOf } from "./messages.ts";
import type { ConnectOptions, SocketAddress } from "./options.ts";

export type { LoomConnection } from "./connection.ts";
export type { Delivery, Lost } from "./delivery.ts";
export type { SocketEnd } from "./end.ts";
export type { InvalidMessage } from "./inbox.ts";
export type {
  AnyMessages,
  ErrorMessage,
  Incoming,
  IncomingOf,
  Messages,
  MessageSchemas,
  MessagesOf,
  Outgoing,
  RawMessage,
  SchemaMap,
  TypedMessage,
} from "./messages.ts";
export type { Attempt, ConnectionStatus, ConnectOptions, SocketAddress } from "./options.ts";

/**
 * Connects to an object, and again whenever the connection breaks; every message is accounted for.
 *
 * @example
 * ```ts
 * const room = connectLoom("wss://example.com/rooms/oak", { messages: { incoming: { said: Said }, outgoing: { say: Say } } });
 * room.on("said", ({ name, text }) => show(name, text));
 * const { outcome } = await room.send({ type: "say", text: "Hello" });
 * ```
 */
export function connectLoom<Schemas extends MessageSchemas>(
  address: SocketAddress,
  options: ConnectOptions<MessagesOf<Schemas>> & { readonly messages: Schemas },
): LoomConnection<MessagesOf<Schemas>>;
export function connectLoom<Declared extends Messages = AnyMessages>(
  address: SocketAddress,
  options?: ConnectOptions<Declared>,
): LoomConnection<Declared>;
export function connectLoom<Declared extends Messages>(
  address: SocketAddress,
  options: ConnectOptions<Declared> = {},
): LoomConnection<Declared> {
  return new LoomConnection(address, options);
}
