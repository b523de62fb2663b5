import { alarms } from "./alarm/declared.ts";
import { type Times, timesOf } from "./alarm/times.ts";
import { batched } from "./batch/declared.ts";
import { compileHttp, type Http } from "./http/dispatch.ts";
import { misuse } from "./errors.ts";
import { guardHandlers } from "./object/guard.ts";
import { brand, type Constructor, lineage } from "./metadata.ts";
import { type MigrationEntry, migrationsOf, type StartEntry, startsOf } from "./migrate.ts";
import { type LoomOptions, optionsOf } from "./options.ts";
import { reservedName } from "./declare/placement.ts";
import { fieldsOf } from "./persistence/declared.ts";
import { type FieldEntry, persisted } from "./persistence/field.ts";
import { routes } from "./http/routes.ts";
import { markRepeatable, rpcs } from "./rpc.ts";
import { type Surface, surfaceOf } from "./object/surface.ts";
import { toolNames } from "./object/tools.ts";
import { type Method, type WrapEntry, wraps } from "./declare/wrap.ts";
import { sockets, type SocketTable, socketsOf } from "./websocket/declared.ts";

/** A class's declarations, compiled once. */
export interface Blueprint extends Times {
  /** What logs show. */
  readonly name: string;
  readonly options: LoomOptions;
  readonly http: Http;
  /** The field that owns each storage key: the most derived one. */
  readonly fields: ReadonlyMap<string, FieldEntry>;
  readonly migrations: readonly MigrationEntry[];
  readonly starts: readonly StartEntry[];
  /** Undefined for a class that declares nothing about sockets. */
  readonly sockets: SocketTable | undefined;
  readonly surface: Surface;
  /** The prototypes of the class and its ancestors, LoomDO's left out. */
  readonly prototypes: readonly object[];
}

const blueprints = new WeakMap<Constructor, Blueprint>();

/** The blueprint of `ctor`, compiled on first use; by constructor, since an undecorated subclass shares metadata. */
export function blueprintOf(ctor: Constructor): Blueprint {
  const known = blueprints.get(ctor) ?? compile(ctor);
  blueprints.set(ctor, known);
  return known;
}

function compile(ctor: Constructor): Blueprint {
  const classes = lineage(ctor).filter((at) => brand in (at.prototype as object));
  const prototypes = classes.map((at) => at.prototype as object);
  const own = prototypes.slice(1);
  own.forEach(checkNames);
  for (const at of classes) checkDeclaredOnce(at);
  own.forEach(guardHandlers);
  for (const at of classes) wrapOverrides(at);
  markIdempotent(ctor);
  const options = optionsOf(ctor);
  const fields = fieldsOf(ctor);
  const socketTable = socketsOf(ctor);
  return {
    name: options.name ?? ctor.name,
    options,
    http: compileHttp(ctor, options, socketTable?.upgradesFor),
    fields,
    ...stepsOf(ctor),
    ...timesOf(ctor),
    sockets: socketTable,
    surface: surfaceOf({ prototypes, rpc: options.rpc, ...rpcRules(ctor), fields: [...fields.values()] }),
    prototypes: own,
  };
}

function checkNames(prototype: object): void {
  const taken = toolNames.find((name) => Object.hasOwn(prototype, name));
  if (taken) throw reservedName(prototype.constructor.name, taken);
}

function checkDeclaredOnce(ctor: Constructor): void {
  for (const [decorator, registry] of [["@Persisted", persisted] as const, ["@Rpc", rpcs] as const]) {
    const names = registry.ownOf(ctor).map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) continue;
    const where = `${ctor.name}: \`${String(twice)}\``;
    throw misuse(`${where} is under ${decorator} twice. Write it once, with all its options.`);
  }
}

/** Wraps each override of a @Locked, @Cached or @Rpc method by those that it does not declare anew. */
function wrapOverrides(ctor: Constructor): void {
  const parent = Object.getPrototypeOf(ctor) as Constructor;
  const own = wraps.ownOf(ctor);
  const inherited = wraps
    .of(parent)
    .filter(({ name }) => Object.hasOwn(ctor.prototype, name))
    .filter((entry) => !own.some(({ name, decorator }) => name === entry.name && decorator === entry.decorator));
  const byMember = Map.groupBy(inherited, ({ name }) => name);
  for (const [name, entries] of byMember) wrapOverride(ctor.prototype as object, name, entries);
}

const wrapped = new WeakMap<object, Set<string | symbol>>();

function wrapOverride(prototype: object, name: string | symbol, entries: readonly WrapEntry[]): void {
  const done = wrapped.get(prototype) ?? new Set();
  if (done.has(name)) return;
  wrapped.set(prototype, done.add(name));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  // The most derived declaration of each decorator counts once, in the order of wrapping.
  const kinds = new Map(entries.map((entry) => [entry.decorator, entry]));
  const value = [...kinds.values()].reduce((method, entry) => entry.wrap(method), descriptor.value as Method);
  Object.defineProperty(prototype, name, { ...descriptor, value });
}

/** Marks whatever wrapped the method last; the most derived @Rpc says whether. */
function markIdempotent(ctor: Constructor): void {
  const latest = new Map(rpcs.of(ctor).map(({ name, options: { idempotent } }) => [name, idempotent]));
  for (const [name, isIdempotent] of latest) {
    if (isIdempotent) markRepeatable((ctor.prototype as Record<string | symbol, Method>)[name]!);
  }
}

function stepsOf(ctor: Constructor): Pick<Blueprint, "migrations" | "starts"> {
  const steps = { migrations: migrationsOf(ctor), starts: startsOf(ctor) };
  if (steps.migrations.length > 0 && "schema" in (ctor.prototype as object)) {
    throw misuse(
      `${ctor.name}: a class has either \`schema()\` or @Migration steps. Move the schema into @Migration(1).`,
    );
  }
  return steps;
}

function rpcRules(ctor: Constructor): { handled: Set<string>; declared: Set<string> } {
  const steps = [...migrationsOf(ctor), ...startsOf(ctor)].map(({ name }) => name);
  const handlers = [routes, alarms, batched, sockets].flatMap((registry) =>
    registry.of(ctor).map(({ member }) => member),
  );
  const declared = new Map(rpcs.of(ctor).map(({ name, isOpen }) => [String(name), isOpen]));
  const named = (isOpen: boolean) => [...declared.keys()].filter((name) => declared.get(name) === isOpen);
  return { handled: new Set([...steps, ...handlers].map(String).concat(named(false))), declared: new Set(named(true)) };
}
