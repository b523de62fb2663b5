import { LoomError } from "../errors.ts";
import { internals } from "../object/internals.ts";
import type { AnyLoomDO, Issue, LoomErrorDef } from "../types.ts";
import { frameOf, logFailure } from "./report.ts";
import type { LoomSocket } from "./socket.ts";

/** What is wrong with a message that no handler was given. */
export interface InvalidMessage {
  /**
   * `GROVE-LOOM-062`: no JSON. `GROVE-LOOM-063`: a type nobody takes. `GROVE-LOOM-064`: does not fit its schema.
   * `GROVE-LOOM-065`: over `maxMessage`, and not looked at.
   */
  readonly code: string;
  /** The message's own `type`, if it has one. */
  readonly type?: string | undefined;
  /** What the schema found. */
  readonly issues?: readonly Issue[] | undefined;
  readonly error: LoomError;
}

/** Makes what the sender of a bad message is told, in place of Loom's frame; undefined tells it nothing. */
export type InvalidMessageHook = (
  problem: InvalidMessage,
  socket: LoomSocket,
) => object | undefined | Promise<object | undefined>;

/** Thrown for a message that no handler can be given. */
export class BadMessage extends LoomError {
  readonly #type: string | undefined;

  constructor(def: LoomErrorDef, type?: string, issues?: readonly Issue[]) {
    super(def, issues && { issues });
    this.#type = type;
  }

  /** The message's own `type`. */
  get type(): string | undefined {
    return this.#type;
  }
}

/** What a client is told of an error, nothing if the class would rather not. */
export async function refusalOf(object: AnyLoomDO, own: LoomSocket, error: unknown): Promise<object | undefined> {
  const { invalidMessage } = object[internals].blueprint.options;
  if (!(error instanceof BadMessage) || !invalidMessage) return frameOf(error);
  const { code, type, issues } = error;
  try {
    return await invalidMessage({ code, type, issues, error }, own);
  } catch (cause) {
    logFailure(object, own, cause);
    return frameOf(cause);
  }
}
