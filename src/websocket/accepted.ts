import type { Candidate } from "./candidate.ts";

// Made with the first: most objects never accept by hand, and are asked with each request.
let accepted: WeakMap<Request, Candidate[]> | undefined;
const none: readonly Candidate[] = [];

/** Notes a socket that was accepted by hand: its client is there once `request` is answered with it. */
export function noteAccepted(request: Request, candidate: Candidate): void {
  (accepted ??= new WeakMap()).set(request, [...acceptedFor(request), candidate]);
}

/** The sockets that were accepted by hand for `request`. */
export function acceptedFor(request: Request): readonly Candidate[] {
  return accepted?.get(request) ?? none;
}
