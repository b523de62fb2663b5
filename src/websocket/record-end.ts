import { checkPlacement } from "../declare/placement.ts";
import { type EndEntry, sockets } from "./declared.ts";
import { compileSockets } from "./table.ts";

/** Records a method that hears of the end or the failure of sockets. */
export function recordEnd(decorator: string, kind: EndEntry["kind"], context: unknown): void {
  checkPlacement(decorator, "method", context);
  const { name: member, private: isPrivate, access } = context;
  const where = `${decorator} ${String(member)}`;
  sockets.add(context, { kind, key: kind, where, member, isPrivate, compile: compileSockets, handlerOf: access.get });
}
