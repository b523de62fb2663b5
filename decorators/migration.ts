import { checkWhole } from "../src/data/whole-number.ts";
import { migrations } from "../src/migrate.ts";
import { checkCalled, checkPlacement } from "../src/declare/placement.ts";
import type { SqlHelper } from "../src/storage.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

/**
 * Makes the method step `version` of the database's history: run once, whole or not at all, before any event.
 *
 * Steps run in the order of their numbers, before the subclass has fields. A number that has run never runs again.
 *
 * @example
 * ```ts
 * @Migration(1) createNotes(sql: SqlHelper) { sql.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"); }
 * ```
 */
export function Migration(version: number) {
  checkCalled("@Migration", version, "@Migration(1)");
  // A promise is no `void | undefined`: an async step does not compile.
  return <This extends AnyLoomDO, Value extends (this: This, sql: SqlHelper) => void | undefined>(
    _value: Value,
    context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
  ): void => {
    checkPlacement("@Migration", "method", context);
    checkWhole(version, `@Migration ${String(context.name)}: the number`);
    migrations.add(context, { name: context.name, version, handlerOf: context.access.get });
  };
}
