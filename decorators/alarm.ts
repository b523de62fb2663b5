import { checkAlarm, compileAlarms } from "../src/alarm/compile.ts";
import { type AlarmEntry, type AlarmInput, alarms } from "../src/alarm/declared.ts";
import type { AlarmInfo } from "../src/alarm/target.ts";
import type { SchemaOutput, StandardSchema } from "../src/data/standard-schema.ts";
import { checkPlacement } from "../src/declare/placement.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

/** What an alarm's handler is given: what its schema makes of the payload, else whatever it declares. */
// `any`: without a schema the method itself says what its payload is.
type Handed<Schema> = [Schema] extends [StandardSchema] ? SchemaOutput<Schema> : any;

type Handler<This, Schema> = (this: This, payload: Handed<Schema>, info: AlarmInfo) => unknown;

type Place<This, Value extends Handler<This, Schema>, Schema> = ClassMethodDecoratorContext<This, Value> &
  InstanceMember;

type AlarmDecorator<Schema> = <This extends AnyLoomDO, Value extends Handler<This, Schema>>(
  value: Value,
  context: Place<This, Value, Schema>,
) => void;

/**
 * Runs the method at a time of its own, under a name; without one it is the unnamed alarm.
 *
 * A run that throws, or takes longer than `timeout`, is tried again after `backoff`, and kept in `alarms.failed()`
 * after `retries`. At least once: a crash runs it again.
 *
 * @example
 * ```ts
 * @Alarm("digest", { retries: 3 })
 * async sendDigest(to: string, { signal }: AlarmInfo) { await fetch(`https://mail.example/${to}`, { signal }); }
 * ```
 */
export function Alarm<Schema extends StandardSchema | undefined = undefined>(
  name: string,
  options?: AlarmInput<Schema>,
): AlarmDecorator<Schema>;
export function Alarm<Schema extends StandardSchema | undefined = undefined>(
  options?: AlarmInput<Schema>,
): AlarmDecorator<Schema>;
export function Alarm<This extends AnyLoomDO, Value extends Handler<This, undefined>>(
  value: Value,
  context: Place<This, Value, undefined>,
): void;
export function Alarm(...given: readonly unknown[]): unknown {
  // A legacy compiler calls a bare decorator with three arguments, which `record` refuses.
  if (typeof given[0] === "function") return record(given[1], "", {});
  const name = typeof given[0] === "string" ? given[0] : "";
  const options = (typeof given[0] === "string" ? given[1] : given[0]) ?? {};
  return (_value: unknown, context: unknown) => record(context, name, options);
}

function record(context: unknown, name: string, options: AlarmEntry["options"]): void {
  checkPlacement("@Alarm", "method", context);
  const { name: member, private: isPrivate, access } = context as ClassMethodDecoratorContext;
  const where = `@Alarm ${String(member)}`;
  checkAlarm(where, name, options);
  const handlerOf = access.get as AlarmEntry["handlerOf"];
  alarms.add(context, { member, isPrivate, name, options, where, handlerOf, compile: compileAlarms });
}
