import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One user: the sessions of its devices and what guards its sign-in. */
@Loom({ name: "SessionDO" })
export class SessionDO extends GroveObject {}
