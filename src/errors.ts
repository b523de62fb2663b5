import { LOOM_ERRORS } from "./catalogue.ts";
import type { Issue, LoomErrorDef, GroveErrorDef } from "./types.ts";

/** How one LoomError differs from its catalogue entry. */
export interface LoomErrorOptions {
  /** What a developer reads: where, what is wrong, what to write instead. @default the entry's user message */
  readonly message?: string;
  /** HTTP status. @default the entry's own, else 500 */
  readonly status?: number;
  /** What caused it: logged, never sent. */
  readonly cause?: unknown;
  /** What a schema found wrong: sent to the caller. */
  readonly issues?: readonly Issue[];
}

/**
 * An error with a code and an HTTP status, safe to send.
 *
 * Own properties cross RPC, so it owns name, code and status only; the cause stays in the object.
 */
export class LoomError extends Error {
  readonly code: string;
  readonly status: number;
  readonly #def: GroveErrorDef;
  readonly #cause: unknown;
  readonly #issues: readonly Issue[] | undefined;

  constructor(def: GroveErrorDef | LoomErrorDef, options: LoomErrorOptions = {}) {
    super(`${def.code}: ${options.message ?? def.userMessage}`);
    this.name = "LoomError";
    this.code = def.code;
    this.status = options.status ?? ("status" in def ? def.status : 500);
    this.#def = def;
    this.#cause = options.cause;
    this.#issues = options.issues;
  }

  /** The catalogue entry: `userMessage` may be sent, `adminMessage` is for the log. */
  get def(): GroveErrorDef {
    return this.#def;
  }

  /** What caused it; never sent. */
  override get cause(): unknown {
    return this.#cause;
  }

  /** What a schema found wrong with the caller's input. */
  get issues(): readonly Issue[] | undefined {
    return this.#issues;
  }
}

/** True for a LoomError, also for one that arrived over RPC and lost its class. */
export function isLoomError(error: unknown): error is Pick<LoomError, "name" | "message" | "code" | "status"> {
  if (error instanceof LoomError) return true;
  return error instanceof Error && error.name === "LoomError" && "code" in error && "status" in error;
}

/** The error for a declaration that cannot work: says where, what is wrong and what to write instead. */
export function misuse(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.INTERNAL, { message });
}
