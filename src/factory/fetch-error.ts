import { safeJsonParse } from "../storage/safe-json-parse.ts";

/** What an object answered that is no JSON of the kind that was asked for. */
export interface FailedAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * An object's answer that is no success, or not the JSON it should be.
 *
 * Own properties cross RPC, so it owns name, code and status only; the body stays with the caller.
 */
export class LoomFetchError extends Error {
  readonly status: number;
  /** The `error_code` of Loom's error bodies. */
  readonly code: string | undefined;
  readonly #body: string;

  constructor(message: string, { status, body }: FailedAnswer) {
    super(message);
    this.name = "LoomFetchError";
    this.status = status;
    this.code = codeIn(body);
    this.#body = body;
  }

  /** The start of the body, up to 4,096 characters. */
  get body(): string {
    return this.#body;
  }
}

function codeIn(body: string): string | undefined {
  const parsed = safeJsonParse<{ error_code?: unknown } | null>(body, null);
  return typeof parsed?.error_code === "string" ? parsed.error_code : undefined;
}
