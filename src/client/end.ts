/** How a connection ended. */
export interface SocketEnd {
  /** 1006 if there was no close frame: the network broke, or the upgrade was refused, which browsers do not tell apart. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

// Normal end, data that is never taken, a broken policy, not signed in, not allowed.
const finalCodes = new Set([1000, 1003, 1008, 3000, 3003]);

// Too slow, too early, too many: the statuses 408, 425 and 429 of a refused upgrade, and to come back.
const passingCodes = new Set([4408, 4425, 4429]);

/** True for an end after which another connection would end the same way: 4000 to 4499 are the application's own. */
export function isFinal({ code }: SocketEnd): boolean {
  return finalCodes.has(code) || (code >= 4000 && code < 4500 && !passingCodes.has(code));
}

/** Refuses what a client may not close with, which partysocket would leave open without a word. */
export function checkClose(code: number, reason: string): void {
  const isOwn = Number.isInteger(code) && code >= 3000 && code <= 4999;
  if (code !== 1000 && !isOwn) throw new RangeError(`close: ${code} is no code to send. Write 1000, or one from 3000.`);
  const { length } = new TextEncoder().encode(reason);
  if (length > 123) throw new RangeError(`close: the reason has ${length} bytes, over 123. Write a shorter one.`);
}
