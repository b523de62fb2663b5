import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One user, address or site: how often it may do what. */
@Loom({ name: "ThresholdDO" })
export class ThresholdDO extends GroveObject {}
