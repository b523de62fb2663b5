import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One day of one site: what was seen, counted once. */
@Loom({ name: "AnalyticsDO" })
export class AnalyticsDO extends GroveObject {}
