import type { LoomErrorDef } from "./types.ts";

/** Loom's error catalogue: the code, who can fix it, the status, the text for users and the text for operators. */
export const LOOM_ERRORS = {
  START_FAILED: bug(["001", 500], "schema, migrations, loadState or @OnStart failed; the next event tries again."),
  STATE_UNREADABLE: bug(["002", 500], "A stored field could not be read, migrated or validated."),
  NO_ROUTE: user(["020", 404], "The requested resource was not found.", "No route matches the path."),
  NOT_JSON: user(["021", 400], "The request body is not valid JSON.", "The body could not be parsed as JSON."),
  METHOD_NOT_ALLOWED: user(["022", 405], "This method is not allowed here.", "The path exists, with other methods."),
  HANDLER_THREW: bug(["023", 500], "A route handler threw, or returned what cannot be sent."),
  INVALID_INPUT: user(["024", 400], "The request is not valid.", "The input does not fit its schema."),
  TOO_LARGE: user(["025", 413], "The request is too large.", "The body is over the limit (maxBody)."),
  UNSUPPORTED_MEDIA_TYPE: user(["026", 415], "Send the body as application/json.", "The body's type is not JSON."),
  UNAUTHENTICATED: user(["027", 401], "Sign in first.", "No credentials, or wrong ones."),
  FORBIDDEN: user(["028", 403], "You may not do this.", "The caller is known and not allowed."),
  LOCKED: user(
    ["029", 409],
    "Another operation is running. Please try again.",
    "A @Locked method in mode reject is busy.",
  ),
  LOCK_TIMEOUT: bug(["030", 503], "The wait for a lock ran out of time.", "This is busy. Please try again."),
  RATE_LIMITED: user(["031", 429], "Too many requests. Please try again later.", "A rate limit was reached."),
  MALFORMED_PATH: user(["032", 400], "The address is malformed.", "A percent escape of the path cannot be decoded."),
  UPGRADE_REQUIRED: user(["033", 426], "Connect with a WebSocket.", "A socket path was asked for without an upgrade."),
  FLUSH_FAILED: bug(["040", 500], "Changed fields could not be saved; the object was reset to what is on disk."),
  SQL_FAILED: bug(["041", 500], "A SQL statement failed."),
  STORED_JSON_UNREADABLE: bug(["042", 500], "A stored JSON value could not be parsed."),
  NOT_STORABLE: bug(["043", 500], "A value cannot be stored."),
  INTERNAL: bug(["080", 500], "Loom was used in a way it does not support, or failed itself."),
} as const satisfies Record<string, LoomErrorDef>;

/** The names of the catalogue. */
export type LoomErrorKey = keyof typeof LOOM_ERRORS;

type Numbers = readonly [code: string, status: number];

function user([code, status]: Numbers, userMessage: string, adminMessage: string): LoomErrorDef {
  return { code: `GROVE-LOOM-${code}`, category: "user", status, userMessage, adminMessage };
}

function bug(
  [code, status]: Numbers,
  adminMessage: string,
  userMessage = "Something went wrong. Please try again.",
): LoomErrorDef {
  return { code: `GROVE-LOOM-${code}`, category: "bug", status, userMessage, adminMessage };
}
