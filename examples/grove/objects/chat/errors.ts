import {
  type InvalidHook,
  type InvalidMessageHook,
  LOOM_ERRORS,
  LoomError,
  type LoomErrorDef,
  LoomResponse,
} from "loom-do";

const invalidFormat = entry("002", 400, "Invalid message format");

/** What is wrong with a message, in the words that clients know; over HTTP the words alone. */
export const CHAT_ERRORS = {
  NOT_AUTHENTICATED: entry("001", 401, "Connection not authenticated"),
  INVALID_FORMAT: invalidFormat,
  UNKNOWN_TYPE: entry("003", 400, "Unknown message type"),
  CONTENT_REQUIRED: entry("004", 400, "Message content required"),
  TOO_LONG: entry("005", 400, "Message too long (max 4000 characters)"),
  MISSING_CONVERSATION: entry("006", 400, "Missing conversation_id"),
  INVALID_CONTENT_TYPE: entry("007", 400, "Invalid content type"),
  NOT_PARTICIPANT: entry("008", 403, "Not a participant"),
  UNAVAILABLE: entry("010", 503, "Service unavailable"),
  NOT_SENT: entry("011", 500, "Failed to send message"),
  TOO_FAST: entry("429", 429, "Too many messages"),
} as const satisfies Record<string, LoomErrorDef>;

/** What a socket is told of a message that is none; what is only by the way is passed over. */
export const tellInvalid: InvalidMessageHook = ({ code, type }) => {
  const isKnown = code !== LOOM_ERRORS.UNKNOWN_TYPE.code;
  if (isKnown && (type === "typing" || type === "read")) return undefined;
  const { code: own, userMessage } = isKnown || type === undefined ? invalidFormat : CHAT_ERRORS.UNKNOWN_TYPE;
  return { type: "error", code: own, message: userMessage };
};

export const answerInvalidChat: InvalidHook = ({ status, error }) => {
  if (status !== 400) throw error;
  return refusal(400, "Invalid request body");
};

/** An error as the chat's HTTP callers know it. */
export function refusal(status: number, error: string): Response {
  return LoomResponse.json({ error }, status);
}

/** An error of the catalogue above, as an answer. */
export function refusalOf({ status, userMessage }: LoomErrorDef): Response {
  return refusal(status, userMessage);
}

export function chatError(def: LoomErrorDef, cause?: unknown): LoomError {
  return new LoomError(def, { cause });
}

function entry(number: string, status: number, userMessage: string): LoomErrorDef {
  return {
    code: `CHAT-${number}`,
    status,
    category: status < 500 ? "user" : "bug",
    userMessage,
    adminMessage: userMessage,
  };
}
