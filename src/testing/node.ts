import { misuse } from "../errors.ts";

/** The value that SQLite hands over, its integers as bigint. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** A statement of node:sqlite. */
export interface NativeStatement {
  all(named: Record<string, SqliteValue>, ...values: SqliteValue[]): SqliteValue[][];
  columns(): readonly { readonly name: string }[];
  setReadBigInts(enabled: boolean): void;
  setReturnArrays(enabled: boolean): void;
}

/** A database of node:sqlite. */
export interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
}

interface Sqlite {
  readonly DatabaseSync: new (path: string, options: object) => NativeDatabase;
}

interface V8 {
  serialize(value: unknown): Uint8Array;
  deserialize(bytes: Uint8Array): unknown;
}

interface Files {
  existsSync(path: string): boolean;
  readdirSync(path: string): string[];
  readFileSync(path: string, encoding: "utf8"): string;
}

interface NodeCrypto {
  createHash(name: string): { update(data: string | Uint8Array): { digest(encoding: "hex"): string } };
}

interface Process {
  readonly version: string;
  nextTick(task: () => void): void;
  getActiveResourcesInfo(): readonly string[];
  getBuiltinModule?(name: string): unknown;
}

// Typed here and found at run time: neither a bundler nor a project without @types/node stumbles over them.
const { process } = globalThis as unknown as { readonly process: Process };

/** node:sqlite, or an error that says which Node has it. */
export function sqlite(): Sqlite {
  const [major = 0, minor = 0] = (process?.version ?? "").replace("v", "").split(".").map(Number);
  const isNew = major > 22 || (major === 22 && minor >= 16);
  const found = isNew ? (process.getBuiltinModule?.("node:sqlite") as Sqlite | undefined) : undefined;
  if (found) return found;
  throw misuse(`loom-do/testing: needs node:sqlite. Run the tests with Node 22.16 or newer, not ${process?.version}.`);
}

/** node:v8. */
export function v8(): V8 {
  return process.getBuiltinModule!("node:v8") as V8;
}

/** node:fs. */
export function files(): Files {
  return process.getBuiltinModule!("node:fs") as Files;
}

/** The hash of `data` in hex, by the algorithm that OpenSSL calls `name`. */
export function hashOf(name: string, data: string | Uint8Array): string {
  const { createHash } = process.getBuiltinModule!("node:crypto") as NodeCrypto;
  return createHash(name).update(data).digest("hex");
}

/** The SHA-256 of `text` in hex. */
export function sha256(text: string): string {
  return hashOf("sha256", text);
}

// Taken before a test replaces them with fake ones: the kit's own steps must go on.
const { setImmediate, setTimeout, clearTimeout, Date: RealDate } = globalThis;
const { nextTick } = process ?? {};

/** What Node itself measures time with. */
export const real = { setTimeout, clearTimeout, Date: RealDate, now: RealDate.now };

/** A timer that keeps no process running. */
export function quietTimer(run: () => void, wait: number): unknown {
  const timer = setTimeout(run, Math.min(wait, 2 ** 31 - 1)) as unknown as { unref(): unknown };
  timer.unref();
  return timer;
}

/** Runs `task` when the turn is over: what it runs synchronously, and all that waits for settled promises only. */
export function afterTurn(task: () => void): void {
  // From a microtask on, Node runs a tick when no microtask is left.
  queueMicrotask(() => nextTick.call(process, task));
}

/** What keeps the process running, by kind: sockets, requests, timers. */
export function openResources(): Map<string, number> {
  const open = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) open.set(kind, (open.get(kind) ?? 0) + 1);
  open.delete("Immediate"); // the kit's own turns
  return open;
}

/** Resolves in a later turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
