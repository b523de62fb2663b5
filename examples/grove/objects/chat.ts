import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** Two people: their messages, who types, what was read. */
@Loom({ name: "ChatDO" })
export class ChatDO extends GroveObject {}
