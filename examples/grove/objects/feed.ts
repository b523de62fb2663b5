import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One reader: a feed that is ready before it is asked for. */
@Loom({ name: "FeedDO" })
export class FeedDO extends GroveObject {}
