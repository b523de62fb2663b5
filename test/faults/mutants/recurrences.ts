import type { Mutant } from "./mutant.ts";

/** Faults of what recurs. */
export const recurrences: readonly Mutant[] = [
  {
    name: "retries that hold a pattern up",
    file: "src/alarm/recurring.ts",
    find: "next.due <= time",
    replace: "next.due < 0",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "next time forgotten by a run that is tried again",
    file: "src/alarm/recurring.ts",
    find: "if (own?.resume) return",
    replace: "if (own?.resume && false) return",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "key that recurs in the place of itself",
    file: "src/alarm/recurring.ts",
    find: "key === name ?",
    replace: "true ?",
    tests: ["test/alarm-recurrence/runs.test.ts"],
  },
  {
    name: "tries lost to a wait for another version",
    file: "src/alarm/attempts.ts",
    find: "({ ...row, strikes: 0, due })",
    replace: "({ ...row, attempt: row.attempt + 1, strikes: 0, due })",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "what recurs begun anew by ensureScheduled",
    file: "src/alarm/order.ts",
    find: "recursAs?.(row, spec) === true",
    replace: "recursAs?.(row, spec) === undefined",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "run tried again in the place of another",
    file: "src/alarm/retry.ts",
    find: "row.payload === payload && ",
    replace: "",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "run tried again and lost",
    file: "src/alarm/attempts.ts",
    find: " || (next && target.isRetried?.(row))",
    replace: "",
    tests: ["test/alarm-recurrence/by-key.test.ts"],
  },
  {
    name: "what recurs that no handler can end",
    file: "src/alarm/recurring.ts",
    find: "if (!found || result === false) return",
    replace: "if (!found) return",
    tests: ["test/alarm-recurrence/by-key.test.ts", "test/faults/model.test.ts"],
  },
];
