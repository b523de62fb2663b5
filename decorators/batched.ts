import { type BatchedOptions, batchRules, type BatchInfo } from "../src/batch/options.ts";
import { batched } from "../src/batch/declared.ts";
import { compileBatches } from "../src/batch/table.ts";
import type { SchemaOutput, StandardSchema } from "../src/data/standard-schema.ts";
import { checkCalled, checkPlacement } from "../src/declare/placement.ts";
import { misuse } from "../src/errors.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

type Absent = undefined;

/** What a sink is sure to be given: without a schema, whatever its own parameter says. */
type Given<Schema> = [Schema] extends [StandardSchema] ? SchemaOutput<Schema>[] : never[];

/**
 * Makes the method a sink: what `this.batches.add(this.method, item)` collects is handed to it in batches.
 *
 * Each batch is delivered at least once, one at a time and in order. A try that throws is repeated with the same items
 * under the same id; after `retries` the batch is kept in `this.batches.failed()` and the next has its turn.
 *
 * @example
 * ```ts
 * @Batched({ max: 100, within: "60s" })
 * async saveEvents(events: readonly AnalyticsEvent[], { id }: BatchInfo) {
 *   await insertAll(this.env.DB, id, events);
 * }
 * ```
 */
export function Batched<Schema extends StandardSchema | Absent = Absent>(options: BatchedOptions<Schema>) {
  checkCalled("@Batched", options, '@Batched({ max: 100, within: "60s" })');
  return <This extends AnyLoomDO, Value extends (this: This, items: Given<Schema>, info: BatchInfo) => unknown>(
    _value: Value,
    context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
  ): void => {
    checkPlacement("@Batched", "method", context);
    const { name: member, access } = context;
    const where = `@Batched ${String(member)}`;
    const rules = batchRules(options as BatchedOptions, where); // its schema, if any, is one
    const name = options.name ?? (typeof member === "string" ? member : undefined);
    if (name === undefined) throw misuse(`${where}: its items need a name to be kept under. Write \`name\`.`);
    batched.add(context, { member, name, where, rules, handlerOf: access.get, compile: compileBatches });
  };
}
