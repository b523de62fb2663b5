import { alarmsFor } from "../alarm.ts";
import { Cache } from "../cache.ts";
import { PromiseLockMap } from "../lock.ts";
import { misuse } from "../errors.ts";
import { LoomLogger } from "../logger.ts";
import { JsonStore, SqlHelper } from "../storage.ts";
import type { AnyLoomDO } from "../types.ts";
import { socketsFor } from "../websocket.ts";
import { internals } from "./internals.ts";
import { type Tools, toolsOf } from "./tools.ts";

const makers: { readonly [Name in Exclude<keyof Tools, "ctx" | "env">]: (object: AnyLoomDO) => Tools[Name] } = {
  log(object) {
    const { name, options } = object[internals].blueprint;
    return new LoomLogger(name, toolsOf(object).ctx.id.toString(), options.log);
  },
  alarms: alarmsFor,
  batches(object) {
    const { name, batches } = object[internals].blueprint;
    if (!batches) throw misuse(`this.batches: ${name} has no method under @Batched. Write one.`);
    return batches.toolOf(object);
  },
  sockets: socketsFor,
  locks: () => new PromiseLockMap(),
  cache: (object) => new Cache(toolsOf(object).log),
  sql(object) {
    const { ctx, log } = toolsOf(object);
    const { savepoints: rollback, arming } = object[internals];
    return new SqlHelper(ctx.storage, log, { rollback, wrote: arming && (() => arming.noteWrite()) });
  },
  store(object) {
    const { sql, log } = toolsOf(object);
    return new JsonStore(sql, log);
  },
};

/** An object's tools as properties of its own, each made when it is first used: most wakes use one or none. */
export const lazyTools: PropertyDescriptorMap = Object.fromEntries(
  Object.entries(makers).map(([name, make]) => [name, { configurable: true, get: makeOnce(name, make) }]),
);

function makeOnce(name: string, make: (object: AnyLoomDO) => unknown) {
  return function (this: AnyLoomDO): unknown {
    const value = make(this);
    Object.defineProperty(this, name, { value, configurable: true });
    return value;
  };
}
