import type { AlarmTarget } from "../alarm/target.ts";
import { Batches, deliver } from "../batch.ts";
import { misuse } from "../errors.ts";
import { type Constructor, lineage } from "../metadata.ts";
import { toolsOf } from "../object/tools.ts";
import { batched, type BatchEntry, type BatchTable } from "./declared.ts";
import { alarmKeyOf } from "./sink.ts";

/** The methods of `ctor` that take batches: the most derived declaration of a member wins. */
export function entriesOf(ctor: Constructor): readonly BatchEntry[] {
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

/** The sinks of `ctor`, and what they need. */
export function compileBatches(ctor: Constructor): BatchTable {
  const entries = entriesOf(ctor);
  return { entries, targets: entries.map(targetOf), toolOf: (object) => new Batches(object, entries) };
}

function targetOf(entry: BatchEntry): AlarmTarget {
  return {
    name: alarmKeyOf(entry.name),
    // The run looks after a batch's tries itself: what fails here is the object's storage.
    policy: { retries: Infinity, timeout: "14m" },
    run: (object, _payload, info) => toolsOf(object).batches[deliver](entry, info),
  };
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
