export { DurableObject } from "../../../src/platform/node.ts";

/** Filled by setup.ts, which imports what this file is imported by. */
export const env: Record<string, unknown> = {};
