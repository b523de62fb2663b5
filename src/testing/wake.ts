import { misuse } from "../errors.ts";
import { shareClock } from "./bindings.ts";
import { clockFrom, isClass, type MockEnvOptions, type World, worldOf } from "./env.ts";
import { Home, type ObjectClass } from "./object/home.ts";
import { idFromName } from "./object/id.ts";
import { diskOf } from "./storage/storage.ts";
import { WokenObject } from "./woken.ts";

/** What an object is woken with. */
export interface WakeOptions extends MockEnvOptions {
  /** What the constructor gets as `env`. @default {} */
  readonly env?: object;
  /** A storage that another object of the kit has filled. @default an empty one */
  readonly storage?: DurableObjectStorage;
  /** The object's name. @default one of its own */
  readonly name?: string;
}

/**
 * An object of `Class`, on Node: made by its first event, over real SQLite, with the platform's rules.
 *
 * @example
 * ```ts
 * const counter = wake(Counter);
 * await counter.fetch("/increment", { method: "POST" });
 * await counter.evict();
 * await counter.call.increment();
 * ```
 */
export function wake<Instance extends Rpc.DurableObjectBranded>(
  Class: ObjectClass<Instance>,
  options: WakeOptions = {},
): WokenObject<Instance> {
  const { env = {}, storage, name = crypto.randomUUID() } = options;
  const world = worldOf(env);
  if (!isClass(Class)) throw misuse("wake: the first argument is no class. Write `wake(Counter, { env })`.");
  if (world && options.now !== undefined) {
    throw misuse("wake: the env has a time already. Give `now` to createMockDOEnv(bindings, { now }).");
  }
  const bound = world && !storage ? boundHome(world, Class, name) : undefined;
  const home = bound ?? newHome(Class, options, name);
  return new WokenObject<Instance>(home);
}

/** Where env finds the object, too. */
function boundHome({ namespaces }: World, Class: ObjectClass, name: string): Home | undefined {
  const namespace = namespaces.find((each) => each.Class === Class);
  return namespace?.homeOf(namespace.idFromName(name));
}

function newHome(Class: ObjectClass, { env = {}, storage, now }: WakeOptions, name: string): Home {
  const clock = worldOf(env)?.clock ?? clockFrom(now === undefined ? {} : { now }, "wake");
  shareClock(env, clock);
  return new Home({
    Class,
    env,
    id: idFromName(Class.name, name),
    clock,
    ...(storage && { disk: diskOf(storage) }),
  });
}
