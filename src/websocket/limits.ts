import { LOOM_ERRORS } from "../catalogue.ts";
import { milliseconds } from "../duration.ts";
import { misuse } from "../errors.ts";
import type { LoomErrorDef } from "../types.ts";
import type { Attached } from "./attachment.ts";
import type { SocketTable } from "./declared.ts";
import { isBehind } from "./lane.ts";
import type { SocketLimits, SocketRate } from "./options.ts";

/** What a frame breaks, and the close code that says so. */
export interface Breach {
  readonly def: LoomErrorDef;
  readonly code: number;
}

interface Bucket {
  left: number;
  at: number;
}

const defaultMaxMessage = 1_048_576;
// In memory only: an object that was evicted meanwhile had ten quiet seconds, after which most buckets are full again.
const buckets = new WeakMap<WebSocket, Bucket>();

/** Refuses limits that cannot be kept; `where` names the declaration. */
export function checkLimits({ maxMessage = 0, rate }: SocketLimits, where: string): void {
  if (!(maxMessage >= 0)) throw misuse(`${where}: maxMessage is ${maxMessage}. Write a number of bytes, or Infinity.`);
  if (rate === undefined) return;
  if (rate.messages >= 1 && milliseconds(rate.per, `${where}: rate.per`) > 0) return;
  throw misuse(`${where}: no message fits the rate. Write \`rate: { messages: 20, per: "1s" }\`.`);
}

/** Refuses what `sockets.accept` cannot do; `where` names the call. */
export function checkAccept(options: SocketLimits & { readonly hibernation?: boolean }, where: string): void {
  if (Array.isArray(options)) throw misuse(`${where}: tags are one of its options. Write \`{ tags: […] }\`.`);
  if (options.hibernation === false) {
    throw misuse(`${where}: a socket that does not hibernate keeps the object awake. Leave \`hibernation\` out.`);
  }
  checkLimits(options, where);
}

/** The limits among `options`, if there are any. */
export function limitsIn({ maxMessage, rate }: SocketLimits): SocketLimits | undefined {
  if (maxMessage === undefined && rate === undefined) return undefined;
  return { maxMessage, rate } as SocketLimits; // undefined is as good as absent
}

/** The limits of a socket; none for one that was accepted by hand. */
export function limitsOf(found: Attached | undefined, table: SocketTable | undefined): SocketLimits | undefined {
  if (found === undefined || found.limits) return found?.limits;
  return (found.pattern === undefined ? undefined : table?.opens.get(found.pattern)?.options) ?? {};
}

/** What `message` breaks, if anything. */
export function breachOf(
  socket: WebSocket,
  message: string | ArrayBuffer,
  { maxMessage = defaultMaxMessage, rate }: SocketLimits,
): Breach | undefined {
  const isLarge = isLarger(message, maxMessage);
  // Asked first: a class may answer what is too large, and no faster than it answers anything.
  if ((rate && !take(socket, rate)) || isBehind(socket, isLarge ? 0 : sizeOf(message)))
    return { def: LOOM_ERRORS.TOO_FAST, code: 1008 };
  if (isLarge) return { def: LOOM_ERRORS.FRAME_TOO_LARGE, code: 1009 };
  return undefined;
}

/** About as many bytes as `message` takes in memory. */
export function sizeOf(message: string | ArrayBuffer): number {
  return typeof message === "string" ? message.length : message.byteLength;
}

function isLarger(message: string | ArrayBuffer, limit: number): boolean {
  if (typeof message !== "string") return message.byteLength > limit;
  if (message.length > limit) return true;
  // UTF-8 has at most three bytes a unit: only what comes near the limit has to be encoded to be counted.
  return message.length * 3 > limit && new TextEncoder().encode(message).byteLength > limit;
}

/** Takes one message out of the socket's bucket, which fills again steadily. */
function take(socket: WebSocket, { messages, per }: SocketRate): boolean {
  const now = Date.now();
  const bucket = buckets.get(socket) ?? { left: messages, at: now };
  const filled = ((now - bucket.at) * messages) / milliseconds(per, "rate.per");
  bucket.left = Math.min(messages, bucket.left + Math.max(0, filled));
  bucket.at = now;
  buckets.set(socket, bucket);
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}
