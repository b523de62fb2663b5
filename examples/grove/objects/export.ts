import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One export of a site: a zip in R2, made in small steps. */
@Loom({ name: "ExportDO" })
export class ExportDO extends GroveObject {}
