import { checkPlacement } from "../declare/placement.ts";
import { type AnySocketEntry, type SocketEntry, sockets } from "./declared.ts";
import { compileSockets } from "./table.ts";

/** What a decorator says of its method; `where` it was declared, for error messages. */
type Told<Entry> = Entry extends SocketEntry ? Omit<Entry, Exclude<keyof SocketEntry, "kind" | "key">> : never;

/** Records a method under `decorator`; `taken` is what it takes, for error messages. */
export function recordSocket(
  [decorator, taken]: readonly [decorator: string, taken: string],
  context: unknown,
  tell: (where: string) => Told<AnySocketEntry>,
): void {
  checkPlacement(decorator, "method", context);
  const { name: member, private: isPrivate, access } = context;
  const where = `${decorator} ${String(member)}${taken}`;
  const placed = { where, member, isPrivate, compile: compileSockets, handlerOf: access.get };
  sockets.add(context, { ...tell(where), ...placed } as AnySocketEntry); // the two halves of one kind of entry
}
