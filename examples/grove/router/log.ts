import { LoomLogger } from "loom-do";

/** What the Worker says of requests. */
export const log = new LoomLogger("router", "");

/** What `work` gives; a failure is logged, and `otherwise` in its place. */
export async function orElse<Value>(work: Promise<Value>, otherwise: Value, what: string): Promise<Value> {
  try {
    return await work;
  } catch (cause) {
    log.errorWithCause(what, cause);
    return otherwise;
  }
}
