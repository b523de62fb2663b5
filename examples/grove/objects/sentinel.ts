import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One load test: its batches, figures and live progress. */
@Loom({ name: "SentinelDO" })
export class SentinelDO extends GroveObject {}
