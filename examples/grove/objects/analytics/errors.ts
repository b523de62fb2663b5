import type { LoomErrorDef } from "loom-do";

export const ANALYTICS_ERRORS = {
  NAMELESS: {
    ...{ code: "GROVE-ANALYTICS-001", status: 400, category: "bug" },
    userMessage: "There is no such day.",
    adminMessage: "An AnalyticsDO is reached by its name: analytics:{tenantId}:{YYYY-MM-DD}.",
  },
  NO_HISTORY: {
    ...{ code: "GROVE-ANALYTICS-002", status: 503, category: "admin" },
    userMessage: "The history is not available.",
    adminMessage: "The binding DB is missing: the day is kept until there is one.",
  },
} as const satisfies Record<string, LoomErrorDef>;
