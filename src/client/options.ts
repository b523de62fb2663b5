import { type Duration, lengthOf } from "../data/length-of-time.ts";
import type { Backoff } from "./backoff.ts";
import type { Lost } from "./delivery.ts";
import type { SocketEnd } from "./end.ts";
import type { InvalidMessage } from "./inbox.ts";
import type { MessageSchemas, Messages, Outgoing } from "./messages.ts";

/** Where a connection stands; `closed` is for good. */
export type ConnectionStatus = "connecting" | "open" | "reconnecting" | "closed";

/** What the address of an attempt may depend on. */
export interface Attempt {
  /** The highest `seq` of the messages that arrived so far. */
  readonly lastSeq: number;
}

/** Where to connect: `http` is read as `ws`. A function is asked before every attempt, for a ticket that expires. */
export type SocketAddress = string | URL | ((attempt: Attempt) => string | URL | Promise<string | URL>);

/** How a connection behaves. */
export interface ConnectOptions<Declared extends Messages> {
  /** Schemas that both ends import: they give the types, and those of `incoming` check what arrives. */
  readonly messages?: MessageSchemas;
  /** Closes the connection for good. */
  readonly signal?: AbortSignal;
  /** The subprotocols to offer. */
  readonly protocols?: readonly string[];
  /** The wait before the second attempt, doubled with each to the longest; a random half is taken off. @default 1 s, 30 s */
  readonly backoff?: { readonly first?: Duration; readonly longest?: Duration };
  /** How often to ping, and how long nothing may arrive after one; an attempt may take as long. @default 30 s, 10 s */
  readonly heartbeat?: { readonly interval?: Duration; readonly patience?: Duration };
  /** What an outcome tells: that the object handled a message, or that its machine has it. @default "handled" */
  readonly confirm?: "handled" | "received";
  /** How many messages may wait or be unanswered; others are `unsent`. @default 1000 */
  readonly maxPending?: number;
  /** The `seq` to begin with, of what was kept from an earlier page. @default 0 */
  readonly lastSeq?: number;
  /** Called when connected again: what it returns is sent before anything else. */
  readonly resume?: (lastSeq: number) => Outgoing<Declared> | undefined;
  /** Says whether to connect again; the default is the table of [the page](../../docs/client.md). */
  readonly reconnect?: (end: SocketEnd) => boolean;
  /** Called with every change, and with how the last connection or attempt ended. */
  readonly onStatus?: (status: ConnectionStatus, end: SocketEnd | undefined) => void;
  /** Called with what did not arrive, or may not have. */
  readonly onLost?: (lost: readonly Lost<Outgoing<Declared>>[]) => void;
  /** Called with what does not fit its schema. */
  readonly onInvalid?: (invalid: InvalidMessage) => void;
  /** Called with text and bytes that are no typed message. */
  readonly onOther?: (data: string | ArrayBuffer) => void;
  /** The class to connect with, where there is no global one: Node before 22. */
  readonly WebSocket?: unknown;
}

/** The times of a connection in milliseconds. */
export interface Times {
  readonly backoff: Backoff;
  readonly interval: number;
  readonly patience: number;
}

/** What the options say of times; throws for what is none. */
export function timesOf({ backoff, heartbeat }: Pick<ConnectOptions<Messages>, "backoff" | "heartbeat">): Times {
  return {
    backoff: {
      first: inMilliseconds("backoff.first", backoff?.first ?? "1s"),
      longest: inMilliseconds("backoff.longest", backoff?.longest ?? "30s"),
    },
    interval: inMilliseconds("heartbeat.interval", heartbeat?.interval ?? "30s"),
    patience: inMilliseconds("heartbeat.patience", heartbeat?.patience ?? "10s"),
  };
}

function inMilliseconds(name: string, duration: Duration): number {
  const found = lengthOf(duration);
  if (found) return found;
  throw new RangeError(`connectLoom: ${name}: ${duration} is no time to wait. Write milliseconds, or "30s".`);
}
