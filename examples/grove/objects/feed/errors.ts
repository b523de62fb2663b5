import { LOOM_ERRORS, LoomError, type LoomErrorDef } from "loom-do";

export const FEED_ERRORS = {
  FOLLOW_LIMIT: {
    ...{ code: "FOLLOW_LIMIT", status: 409, category: "user" },
    userMessage: "You follow as many authors as you may.",
    adminMessage: "A reader follows 10,000 authors.",
  },
  NO_SOURCE: {
    ...{ code: "GROVE-FEED-001", status: 503, category: "admin" },
    userMessage: "The feed cannot be rebuilt now.",
    adminMessage: "The binding DB is missing: the feed stays as it is.",
  },
  NAMELESS: {
    ...{ code: "GROVE-FEED-002", status: 400, category: "bug" },
    userMessage: "There is no such feed.",
    adminMessage: "A FeedDO is reached by its name: feed:{userId}.",
  },
} as const satisfies Record<string, LoomErrorDef>;

export function selfFollow(): LoomError {
  return invalid("userId: nobody follows themselves.");
}

export function tooLarge(): LoomError {
  return invalid("preview: it may take 8 KiB.");
}

function invalid(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.INVALID_INPUT, { message });
}
