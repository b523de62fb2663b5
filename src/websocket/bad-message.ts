import { LoomError } from "../errors.ts";
import { internals } from "../object/internals.ts";
import type { AnyLoomDO, Issue } from "../types.ts";
import { frameOf, logFailure } from "./report.ts";
import type { LoomSocket } from "./socket.ts";

/** What is wrong with a message that no handler was given. */
export interface InvalidMessage {
  /** `GROVE-LOOM-062`: no JSON. `GROVE-LOOM-063`: a type nobody takes. `GROVE-LOOM-064`: does not fit its schema. */
  readonly code: string;
  /** What the schema found. */
  readonly issues?: readonly Issue[] | undefined;
  readonly error: LoomError;
}

/** Makes what the sender of a bad message is told, in place of Loom's frame; undefined tells it nothing. */
export type InvalidMessageHook = (problem: InvalidMessage, socket: LoomSocket) => object | undefined;

/** Thrown for a message that no handler can be given. */
export class BadMessage extends LoomError {}

/** What a client is told of an error, nothing if the class would rather not. */
export function refusalOf(object: AnyLoomDO, own: LoomSocket, error: unknown): object | undefined {
  const { invalidMessage } = object[internals].blueprint.options;
  if (!(error instanceof BadMessage) || !invalidMessage) return frameOf(error);
  const { code, issues } = error;
  try {
    return invalidMessage({ code, error, ...(issues && { issues }) }, own);
  } catch (cause) {
    logFailure(object, own, cause);
    return frameOf(cause);
  }
}
