import type { RefusedFrame } from "../websocket/subprotocol.ts";
import type { SocketEnd } from "./end.ts";
import { parse } from "./parse.ts";

// Some eleven days: longer ones do not fit a timer.
const longest = 999_999;

/** Why an upgrade was refused. */
export interface Refusal {
  readonly end: SocketEnd;
  /** How many milliseconds to wait at least, before another attempt. */
  readonly wait: number;
}

/** The refusal that a frame tells; undefined for one that tells none. */
export function refusalOf(data: string | ArrayBuffer): Refusal | undefined {
  const message = parse(data);
  if (message?.type !== "loom:refused") return undefined;
  const { code, reason, retryAfter = 0 } = message as unknown as RefusedFrame; // a message of this type is Loom's own
  return { end: { code, reason, wasClean: true }, wait: Math.min(retryAfter, longest) * 1000 };
}
