import { misuse } from "../errors.ts";
import type { SocketEnd } from "./handle.ts";

const encoder = new TextEncoder();
const maxReasonBytes = 123;
const protocolError = 1002;

/** Refuses a code that no endpoint may send: 1005, 1006 and 1015 only ever report what happened. */
export function checkCode(code: number): void {
  const isProtocol = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
  if (Number.isInteger(code) && (isProtocol || (code >= 3000 && code <= 4999))) return;
  throw misuse(`close: ${code} is no code to send. Write 1000, or one of your own from 3000 to 4999.`);
}

/** As much of `reason` as fits the 123 bytes of a close frame, cut between characters. */
export function fitReason(reason: string): string {
  // It never splits a character, and says how much of the text it took.
  return reason.slice(0, encoder.encodeInto(reason, new Uint8Array(maxReasonBytes)).read);
}

/** Closes `socket` as far as it still can be closed; never throws. */
export function closeRaw(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, fitReason(reason));
  } catch {
    // Already closed, or its transport is gone: either way it is what was asked for.
  }
}

/**
 * Answers the peer's close frame, which the platform does for standard sockets only (compat date 2026-04-07).
 *
 * An end that is not clean had no frame: an answer would be written to a transport that is gone.
 */
export function reciprocate(socket: WebSocket, { code, reason, wasClean }: SocketEnd): void {
  if (socket.readyState === WebSocket.CLOSED || !wasClean) return;
  try {
    // A frame without a code arrives as 1005, which cannot be sent: its answer has none either.
    if (code === 1005) socket.close();
    else socket.close(code, reason);
  } catch {
    // A client that sent a code that may not be sent still waits for its answer.
    closeRaw(socket, protocolError, "");
  }
}
