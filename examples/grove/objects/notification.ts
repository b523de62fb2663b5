import { Loom } from "loom-do";
import { GroveObject } from "./grove-object.ts";

/** One user: what happened that concerns it. */
@Loom({ name: "NotificationDO" })
export class NotificationDO extends GroveObject {}
