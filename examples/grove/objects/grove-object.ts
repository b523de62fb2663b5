import { Loom, LoomDO } from "loom-do";
import { answerInvalid } from "../invalid.ts";
import type { GroveEnv } from "../types.ts";

/** What Grove's objects have in common. */
@Loom({ rpc: "declared", invalid: answerInvalid, maxBody: 8 * 1024 * 1024 })
export abstract class GroveObject extends LoomDO<unknown, GroveEnv> {}
