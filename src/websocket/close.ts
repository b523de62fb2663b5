import { misuse } from "../errors.ts";
import { fateOf, fates, seal } from "./attachment.ts";

/** How a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

const encoder = new TextEncoder();
const maxReasonBytes = 123;
const protocolError = 1002;

// Sockets whose end was reported: the platform still lists one, and may call it open, inside its own close event.
const ended = new WeakSet<WebSocket>();

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

/** True for a socket that this end has closed: nothing that it still sends counts. */
export function isCut(socket: WebSocket): boolean {
  return fateOf(socket) !== fates.alive;
}

/** True for a socket that was closed before it was open: it was never there for anybody. */
export function isUnopened(socket: WebSocket): boolean {
  return fateOf(socket) === fates.unopened;
}

/** Closes `socket` for good, as far as it still can be: nothing that it still sends is handled. Never throws. */
export function cutOff(socket: WebSocket, code: number, reason: string): void {
  if (!isCut(socket)) seal(socket, fates.closed);
  close(socket, code, reason);
}

/**
 * Answers the peer's close frame, which the platform does for standard sockets only (compat date 2026-04-07).
 *
 * An end that is not clean had no frame: an answer would be written to a transport that is gone. A frame without a code
 * arrives as 1005, which cannot be sent: its answer has none either.
 */
export function reciprocate(socket: WebSocket, { code, reason, wasClean }: SocketEnd): void {
  if (socket.readyState === WebSocket.CLOSED || !wasClean) return;
  const isAnswered = code === 1005 ? close(socket) : close(socket, code, reason);
  // A client that sent a code that may not be sent still waits for its answer.
  if (!isAnswered) close(socket, protocolError);
}

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

function close(socket: WebSocket, code?: number, reason = ""): boolean {
  try {
    if (code === undefined) socket.close();
    else socket.close(code, fitReason(reason));
    return true;
  } catch {
    // Already closed, or its transport is gone: either way it is what was asked for.
    return false;
  }
}
