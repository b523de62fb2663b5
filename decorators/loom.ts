import { checkCalled, legacy, notLoom } from "../src/declare/placement.ts";
import { misuse } from "../src/errors.ts";
import { brand } from "../src/metadata.ts";
import { type LoomOptions, options as registry } from "../src/options.ts";
import type { AnyLoomDO } from "../src/types.ts";

/**
 * Sets the options of a whole object: its name in logs, what RPC callers reach, its log, its limits.
 *
 * @example
 * ```ts
 * @Loom({ name: "counter", rpc: "declared" })
 * export class Counter extends LoomDO {}
 * ```
 */
export function Loom(options: LoomOptions) {
  checkCalled("@Loom", options, '@Loom({ name: "…" })');
  return <Class extends abstract new (...args: never) => AnyLoomDO>(
    value: Class,
    context: ClassDecoratorContext<Class>,
  ): void => {
    if (typeof context !== "object") throw legacy("@Loom");
    if (context.kind !== "class") throw misuse("@Loom goes on a class.");
    const name = String(context.name);
    if (!(brand in value.prototype)) throw notLoom(`@Loom ${name}`, name);
    check(options, name);
    registry.add(context, options);
  };
}

function check({ rpc, maxBody }: LoomOptions, name: string): void {
  if (rpc !== undefined && rpc !== "public" && rpc !== "declared") {
    throw misuse(`@Loom ${name}: rpc is "${String(rpc)}". Write "public" or "declared".`);
  }
  if (maxBody !== undefined && !(maxBody >= 0)) {
    throw misuse(`@Loom ${name}: maxBody is ${maxBody}. Write a number of bytes, or Infinity.`);
  }
}
