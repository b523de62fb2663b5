import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One mailbox: what came in, sorted, and a digest at set times. */
@Loom({ name: "TriageDO" })
export class TriageDO extends GroveObject {}
