import type { LoomErrorDef } from "./types.ts";

/** Loom's error catalogue: the code, who can fix it, the status, the text for users and the text for operators. */
export const LOOM_ERRORS = {
  START_FAILED: entry(["001", 500], "schema, migrations, loadState or @OnStart failed; the next event tries again."),
  STATE_UNREADABLE: entry(["002", 500], "A stored field could not be read, migrated or validated."),
  NO_ROUTE: entry(["020", 404], "No route matches the path.", "The requested resource was not found."),
  NOT_JSON: entry(["021", 400], "The body could not be parsed.", "The request body is not valid JSON."),
  METHOD_NOT_ALLOWED: entry(["022", 405], "The path has other methods.", "This method is not allowed here."),
  HANDLER_THREW: entry(["023", 500], "A handler threw, or returned what cannot be sent."),
  INVALID_INPUT: entry(["024", 400], "The input does not fit its schema.", "The request is not valid."),
  TOO_LARGE: entry(["025", 413], "The body is over maxBody.", "The request is too large."),
  UNSUPPORTED_MEDIA_TYPE: entry(["026", 415], "The body is not JSON.", "Send the body as application/json."),
  UNAUTHENTICATED: entry(["027", 401], "No credentials, or wrong ones.", "Sign in first."),
  FORBIDDEN: entry(["028", 403], "The caller is known and not allowed.", "You may not do this."),
  LOCKED: entry(["029", 409], "A lock in mode reject is taken.", "Another operation is running. Please try again."),
  LOCK_TIMEOUT: entry(["030", 503], "The wait for a lock ran out of time.", "This is busy. Please try again."),
  RATE_LIMITED: entry(["031", 429], "A rate limit was reached.", "Too many requests. Please try again later."),
  MALFORMED_PATH: entry(["032", 400], "The path cannot be decoded.", "The address is malformed."),
  UPGRADE_REQUIRED: entry(["033", 426], "A socket path met a plain request.", "Connect with a WebSocket."),
  FLUSH_FAILED: entry(["040", 500], "Changed fields could not be saved; the object was reset to what is on disk."),
  SQL_FAILED: entry(["041", 500], "A SQL statement failed."),
  STORED_JSON_UNREADABLE: entry(["042", 500], "A stored JSON value could not be parsed."),
  NOT_STORABLE: entry(["043", 500], "A value cannot be stored."),
  SCHEDULE_FAILED: entry(["050", 500], "An alarm could not be scheduled."),
  ALARM_THREW: entry(["051", 500], "An alarm's handler threw, or ran out of time."),
  BATCH_THREW: entry(["052", 500], "A batch could not be delivered."),
  BATCH_FULL: entry(
    ["053", 503],
    "As many items wait for a batch as its capacity allows.",
    "This is busy. Please try again.",
  ),
  ACCEPT_FAILED: entry(["060", 500], "A socket could not be accepted."),
  BROADCAST_FAILED: entry(["061", 500], "A message could not be sent to a socket."),
  FRAME_NOT_JSON: entry(["062", 400], "A frame could not be parsed.", "The message is not valid JSON."),
  UNKNOWN_TYPE: entry(["063", 400], "No handler takes this type of message.", "This type of message is not known."),
  INVALID_FRAME: entry(["064", 400], "The message does not fit its schema.", "The message is not valid."),
  FRAME_TOO_LARGE: entry(["065", 413], "A frame is over the limit.", "The message is too large."),
  TOO_FAST: entry(["066", 429], "A socket sends faster than its limit.", "Too many messages. Please slow down."),
  INTERNAL: entry(["080", 500], "Loom was used in a way it does not support, or failed itself."),
} as const satisfies Record<string, LoomErrorDef>;

/** The names of the catalogue. */
export type LoomErrorKey = keyof typeof LOOM_ERRORS;

function entry(
  [code, status]: readonly [code: string, status: number],
  adminMessage: string,
  userMessage = "Something went wrong. Please try again.",
): LoomErrorDef {
  // What the caller can mend is the user's, all else is a bug.
  return { code: `GROVE-LOOM-${code}`, category: status < 500 ? "user" : "bug", status, userMessage, adminMessage };
}
