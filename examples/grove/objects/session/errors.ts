import type { LoomErrorDef } from "loom-do";

export const SESSION_ERRORS = {
  NAMELESS: {
    ...{ code: "GROVE-SESSION-001", status: 400, category: "bug" },
    userMessage: "There is no such user.",
    adminMessage: "A SessionDO is reached by its name: session:{userId}.",
  },
  NO_SECRET: {
    ...{ code: "GROVE-SESSION-002", status: 503, category: "admin" },
    userMessage: "Sign-in is not available.",
    adminMessage: "SESSION_SECRET is missing: there is nothing to encrypt refresh tokens with.",
  },
  NO_ANSWER: {
    ...{ code: "GROVE-SESSION-003", status: 503, category: "admin" },
    userMessage: "Your sign-in cannot be renewed now.",
    adminMessage: "The identity provider did not say whether access is renewed: the session stays as it is.",
  },
} as const satisfies Record<string, LoomErrorDef>;
