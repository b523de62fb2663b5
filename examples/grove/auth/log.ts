import { LoomLogger } from "loom-do";

/** What the Worker says about who signs in. */
export const log = new LoomLogger("auth", "");
