import { LOOM_ERRORS } from "../catalogue.ts";
import { frozenHint } from "../data/freeze.ts";
import { asLoomError } from "../http/respond.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO, Issue } from "../types.ts";
import type { LoomSocket } from "./socket.ts";

/** What a client is told of a message that could not be handled. */
export interface ErrorFrame {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly Issue[] | undefined;
  /** The number that the client gave the message. */
  readonly "loom:n"?: number | undefined;
}

/** What the client is told of an error: of a mistake that is not its own, nothing. */
export function frameOf(error: unknown): ErrorFrame {
  const { def, issues } = asLoomError(error) ?? { def: LOOM_ERRORS.HANDLER_THREW };
  return { type: "error", code: def.code, message: def.userMessage, issues };
}

/** Logs what a handler threw. */
export function logFailure(object: AnyLoomDO, { id, pattern }: LoomSocket, error: unknown): void {
  const def = asLoomError(error)?.def ?? LOOM_ERRORS.HANDLER_THREW;
  const hint = frozenHint(error);
  toolsOf(object).log.loomError(def, { socket: id, path: pattern, ...(hint && { hint }), cause: error });
}

/** True for an error that says what the client did wrong: told, not logged. */
export function isClients(error: unknown): boolean {
  return asLoomError(error)?.def.category === "user";
}

/** One handled event of a socket. */
export interface SocketEvent {
  readonly method: "MESSAGE" | "CLOSE";
  /** How it went: `ok`, an error's code, or the code that the socket was closed with. */
  readonly status: string | number;
  readonly started: number;
}

/** Writes the event's line, for a class that has them logged. */
export function logEvent(object: AnyLoomDO, own: LoomSocket, { method, status, started }: SocketEvent): void {
  if (!object[internals].blueprint.options.log?.events) return;
  const path = own.pattern ?? "(no pattern)";
  toolsOf(object).log.event({ method, path, status, durationMs: Date.now() - started });
}
