import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One post: how often it was read, who liked it, who reads it now. */
@Loom({ name: "PostMetaDO" })
export class PostMetaDO extends GroveObject {}
