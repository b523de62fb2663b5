import { LOOM_ERRORS } from "../catalogue.ts";
import { frozenHint } from "../data/freeze.ts";
import { asLoomError } from "../http/respond.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { brokenFrame, type ErrorFrame, errorFrame } from "./frame.ts";
import type { LoomSocket } from "./socket.ts";

/** Logs what a handler threw. */
export function logFailure(object: AnyLoomDO, { id, pattern }: LoomSocket, error: unknown): void {
  const def = asLoomError(error)?.def ?? LOOM_ERRORS.HANDLER_THREW;
  const hint = frozenHint(error);
  toolsOf(object).log.loomError(def, { socket: id, path: pattern, ...(hint && { hint }), cause: error });
}

/** What the client is told of it: of a mistake that is not its own, nothing. */
export function frameOf(error: unknown): ErrorFrame {
  const known = asLoomError(error);
  return known ? errorFrame(known) : brokenFrame();
}

/** True for an error that says what the client did wrong: told, not logged. */
export function isClients(error: unknown): boolean {
  return asLoomError(error)?.def.category === "user";
}
