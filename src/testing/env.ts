import { misuse } from "../errors.ts";
import { shareClock } from "./bindings.ts";
import type { ObjectClass } from "./object/home.ts";
import { MockNamespace } from "./object/namespace.ts";
import { Clock } from "./time/clock.ts";

/** `env` with a namespace for each class that was given. */
export type MockEnv<Bindings> = {
  // `any`: whatever a class's constructor takes.
  [Name in keyof Bindings]: Bindings[Name] extends new (...args: any[]) => infer Instance
    ? Instance extends Rpc.DurableObjectBranded
      ? DurableObjectNamespace<Instance>
      : Bindings[Name]
    : Bindings[Name];
};

/** When the time of the objects begins. */
export interface MockEnvOptions {
  /** The time stands still there, and `advance` alone moves it. @default it goes on like the real one */
  readonly now?: number | string | Date;
}

/** What the objects of one env share. */
export interface World {
  readonly clock: Clock;
  readonly namespaces: readonly MockNamespace[];
}

const worlds = new WeakMap<object, World>();

/**
 * An `env` whose classes are namespaces, so that objects find each other; every other binding stays as it is.
 *
 * @example
 * ```ts
 * const env = createMockDOEnv({ COUNTERS: Counter, API_KEY: "secret" });
 * await env.COUNTERS.getByName("one").increment();
 * ```
 */
export function createMockDOEnv<Bindings extends object = Record<never, never>>(
  bindings: Bindings = {} as Bindings,
  options: MockEnvOptions = {},
): MockEnv<Bindings> {
  const clock = clockFrom(options, "createMockDOEnv");
  const env: Record<string, unknown> = Object.fromEntries(Object.entries(bindings));
  const namespaces: MockNamespace[] = [];
  for (const [space, Class] of Object.entries(bindings)) {
    if (!isClass(Class)) continue;
    const namespace = new MockNamespace({ space, Class, env: () => env, clock });
    namespaces.push(namespace);
    env[space] = namespace;
  }
  shareClock(env, clock);
  worlds.set(env, { clock, namespaces });
  return env as MockEnv<Bindings>; // each class is a namespace by now
}

/** What the objects of `env` share; undefined for one that was written by hand. */
export function worldOf(env: object): World | undefined {
  return worlds.get(env);
}

/** A clock that stands at `now`, if there is one. */
export function clockFrom({ now }: MockEnvOptions, where: string): Clock {
  if (now === undefined) return new Clock();
  const time = new Date(now).getTime();
  if (!Number.isNaN(time)) return new Clock(time);
  throw misuse(`${where}: now is ${String(now)}. Write a Date, milliseconds, or "2030-01-01T12:00:00Z".`);
}

/** True for a class, and for no other function. */
export function isClass(value: unknown): value is ObjectClass {
  return typeof value === "function" && Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
