import { LOOM_ERRORS } from "./catalogue.ts";
import { LoomError, misuse } from "./errors.ts";
import { type Constructor, lineage, Registry } from "./metadata.ts";
import { isThenable } from "./thenable.ts";
import type { AnyLoomDO } from "./types.ts";
import type { Method } from "./declare/wrap.ts";

/** What @Migration recorded. */
export interface MigrationEntry {
  readonly name: string | symbol;
  readonly version: number;
  /** The method as `object` has it: an override, a wrapped one, a private one. */
  handlerOf(object: AnyLoomDO): Method;
}

/** What @OnStart recorded. */
export interface StartEntry {
  readonly name: string | symbol;
  handlerOf(object: AnyLoomDO): Method;
}

/** One step of a database's history, ready to run. */
export interface MigrationStep {
  readonly version: number;
  run(): void;
}

/** The steps declared with @Migration. */
export const migrations = new Registry<MigrationEntry>("loom:migrations");

/** The methods declared with @OnStart. */
export const starts = new Registry<StartEntry>("loom:starts");

/** The steps of `ctor` and its ancestors, by number; two members with one number are refused. */
export function migrationsOf(ctor: Constructor): MigrationEntry[] {
  const steps = new Map<number, MigrationEntry>();
  for (const at of lineage(ctor)) checkSingle(at);
  for (const entry of mostDerived(migrations, ctor)) {
    const { name, version } = entry;
    const other = steps.get(version);
    if (other) {
      const names = `\`${String(other.name)}\` and \`${String(name)}\``;
      throw misuse(`${ctor.name}: @Migration(${version}) is on ${names}. Give each step a number of its own.`);
    }
    steps.set(version, entry);
  }
  return [...steps.values()].sort((left, right) => left.version - right.version);
}

/** What runs once a wake in objects of `ctor`: ancestors first, then in the order of the source. */
export function startsOf(ctor: Constructor): StartEntry[] {
  return mostDerived(starts, ctor);
}

/** Runs the DDL `text`, whole or not at all, unless it is what ran last. */
export function applySchema(storage: DurableObjectStorage, text: string | null): void {
  if (text === null || text.trim() === "" || text === storage.kv.get("loom:schema")) return;
  apply(storage, "schema()", () => {
    storage.sql.exec(text);
    storage.kv.put("loom:schema", text);
  });
}

/** Runs the steps that this database has not seen, each whole or not at all; those before a failure stay. */
export function applyMigrations(storage: DurableObjectStorage, steps: readonly MigrationStep[]): void {
  const current = storage.kv.get<number>("loom:migration") ?? 0;
  const ordered = steps.toSorted((left, right) => left.version - right.version);
  const known = ordered.at(-1)?.version ?? 0;
  if (current > known) {
    throw startFailed(
      `the database has seen @Migration(${current}), the class ends with @Migration(${known}). Deploy the newer class.`,
    );
  }
  for (const step of ordered.filter(({ version }) => version > current)) {
    apply(storage, `@Migration(${step.version})`, () => {
      if (isThenable(step.run())) throw misuse("a step ends when it returns. Remove `async`.");
      storage.kv.put("loom:migration", step.version);
    });
  }
}

function apply(storage: DurableObjectStorage, what: string, work: () => void): void {
  try {
    storage.transactionSync(work);
  } catch (cause) {
    throw startFailed(`${what} failed and was taken back: the log has the reason.`, cause);
  }
}

function startFailed(message: string, cause?: unknown): LoomError {
  return new LoomError(LOOM_ERRORS.START_FAILED, { message, cause });
}

/** The entries that count: an override's declaration replaces its parent's, in the parent's place. */
function mostDerived<Entry extends { readonly name: string | symbol }>(
  registry: Registry<Entry>,
  ctor: Constructor,
): Entry[] {
  const found = new Map<unknown, Entry>();
  for (const at of lineage(ctor)) {
    for (const entry of registry.ownOf(at)) found.set(memberKey(entry.name, at), entry);
  }
  return [...found.values()];
}

/** `#x` of a parent and `#x` of its child are two members; a public name is one, overridden. */
function memberKey(name: string | symbol, ctor: Constructor): unknown {
  return typeof name === "string" && name.startsWith("#") ? `${name} of ${lineage(ctor).length}` : name;
}

function checkSingle(ctor: Constructor): void {
  for (const [name, [one, other]] of Map.groupBy(migrations.ownOf(ctor), (entry) => entry.name)) {
    if (!one || !other) continue;
    const numbers = `@Migration(${one.version}) and @Migration(${other.version})`;
    throw misuse(`${ctor.name}: ${numbers} are on \`${String(name)}\`. Write a method for each step.`);
  }
}
