import type { Candidate } from "./candidate.ts";

const accepted = new WeakMap<Request, Candidate[]>();

/** Notes a socket that was accepted by hand: its client is there once `request` is answered with it. */
export function noteAccepted(request: Request, candidate: Candidate): void {
  accepted.set(request, [...acceptedFor(request), candidate]);
}

/** The sockets that were accepted by hand for `request`. */
export function acceptedFor(request: Request): readonly Candidate[] {
  return accepted.get(request) ?? [];
}
