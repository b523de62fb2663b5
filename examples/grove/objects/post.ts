import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One post: reactions, comments and who is there, live. */
@Loom({ name: "PostDO" })
export class PostDO extends GroveObject {}
