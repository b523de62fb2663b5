import type { AlarmTarget } from "../alarm/target.ts";
import { misuse } from "../errors.ts";
import { type Constructor, lineage, Registry } from "../metadata.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import type { Method } from "../declare/wrap.ts";
import { deliver } from "./deliver.ts";
import type { BatchRules } from "./options.ts";

/** A method under @Batched. */
export interface BatchEntry {
  readonly member: string | symbol;
  /** What its items are stored under. */
  readonly name: string;
  /** Where it was declared, for error messages. */
  readonly where: string;
  readonly rules: BatchRules;
  handlerOf(object: AnyLoomDO): Method;
}

/** What @Batched recorded. */
export const batched = new Registry<BatchEntry>("loom:batches");

/** The methods of `ctor` that take batches: the most derived declaration of a member wins. */
export function batchesOf(ctor: Constructor): readonly BatchEntry[] {
  const found = new Map<unknown, BatchEntry>();
  for (const at of lineage(ctor)) {
    const own = batched.ownOf(at);
    checkDistinct(own, ctor);
    for (const entry of own) found.set(isPrivate(entry) ? entry : entry.member, entry);
  }
  const entries = [...found.values()];
  checkDistinct(entries, ctor);
  return entries;
}

const crashedWait = 60_000;

/** What delivers the batches of `entries`. */
export function batchTargetsOf(entries: readonly BatchEntry[]): AlarmTarget[] {
  return entries.map((entry) => ({
    name: alarmKeyOf(entry.name),
    // The run looks after a batch's tries itself: what fails here is the object's storage.
    policy: { retries: Number.MAX_SAFE_INTEGER, timeout: "14m" },
    run: (object, _payload, info) => toolsOf(object).batches[deliver](entry, info),
    // After the crashes that the alarm allows; those of a batch are counted on until its own tries are used up.
    next: ({ succeeded }) => (succeeded ? undefined : { due: Date.now() + crashedWait, spec: null }),
  }));
}

/** The key of the one alarm that the sink `name` has. */
export function alarmKeyOf(name: string): string {
  return `loom:batch:${name}`;
}

/** `#x` of a parent and `#x` of its child are two members. */
function isPrivate({ member }: BatchEntry): boolean {
  return typeof member === "string" && member.startsWith("#");
}

function checkDistinct(entries: readonly BatchEntry[], ctor: Constructor): void {
  for (const [name, [one, other]] of Map.groupBy(entries, (entry) => entry.name)) {
    if (!one || !other) continue;
    const members = `\`${String(one.member)}\` and \`${String(other.member)}\``;
    throw misuse(`${ctor.name}: @Batched on ${members} would both keep items as "${name}". Give one a \`name\`.`);
  }
}
