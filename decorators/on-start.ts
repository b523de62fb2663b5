import { starts } from "../src/migrate.ts";
import { checkPlacement } from "../src/declare/placement.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

type Starter<This> = (this: This) => unknown;

type StartContext<This extends AnyLoomDO, Value extends Starter<This>> = ClassMethodDecoratorContext<This, Value> &
  InstanceMember;

type StartDecorator = <This extends AnyLoomDO, Value extends Starter<This>>(
  value: Value,
  context: StartContext<This, Value>,
) => void;

/**
 * Runs the method once a wake, before any event; a failure refuses events and the next one tries again.
 *
 * @example
 * ```ts
 * @OnStart async warmUp() { this.rates = await loadRates(this.env.DB); }
 * ```
 */
export function OnStart(): StartDecorator;
export function OnStart<This extends AnyLoomDO, Value extends Starter<This>>(
  value: Value,
  context: StartContext<This, Value>,
): void;
export function OnStart(...placed: [] | [value: unknown, context: unknown]): StartDecorator | void {
  return placed.length === 0 ? record : record(placed[0] as never, placed[1] as never); // checked by `record`
}

function record<This extends AnyLoomDO, Value extends Starter<This>>(
  _value: Value,
  context: StartContext<This, Value>,
): void {
  checkPlacement("@OnStart", "method", context);
  starts.add(context, { name: context.name, handlerOf: context.access.get });
}
