import type { Timetable } from "../alarm/timetable.ts";
import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { Saved, Turn } from "../persistence/turn.ts";
import type { BatchEntry } from "./declared.ts";
import type { DropLog } from "./drop-log.ts";
import { prepareItem } from "./item.ts";
import type { Batch } from "./batch.ts";
import type { Parking } from "./parking.ts";
import type { Queue } from "./queue.ts";
import type { Rows } from "./rows.ts";

/** What a sink needs of its object. */
export interface SinkParts {
  readonly rows: Rows;
  readonly turn: Turn;
  readonly timetable: Timetable;
  readonly drops: DropLog;
}

/** What waits for one @Batched method of one object: kept in storage, read when it is first needed. */
export class Sink implements Saved {
  readonly usesKv = true;
  readonly entry: BatchEntry;
  readonly #parts: SinkParts;
  readonly #key: string;
  #known: Queue | undefined;
  #isDelivering = false;

  constructor(entry: BatchEntry, parts: SinkParts) {
    this.entry = entry;
    this.#parts = parts;
    this.#key = alarmKeyOf(entry.name);
  }

  /** What waits. */
  get queue(): Queue {
    return (this.#known ??= this.#load());
  }

  /** Takes `given` in; throws, and keeps nothing, when it cannot be stored or there is no room. */
  add(given: unknown): void {
    const { rules, where } = this.entry;
    const item = prepareItem(given, rules.schema, where);
    if (this.queue.size >= rules.capacity) this.#makeRoom();
    this.queue.add(item, Date.now());
    this.#parts.turn.change(this);
  }

  /** Puts the parked batch `id` before all that waits. */
  retry(id: string, parking: Parking): void {
    const { head } = this.queue;
    // It is the head no more, and must not lose a member.
    if (head?.isGiven) this.#parts.rows.writeState(head);
    parking.release(id, this.queue);
    this.#parts.turn.change(this);
  }

  /** Has the head of the line delivered now. */
  flush(): void {
    this.queue.flush();
    this.#parts.turn.change(this);
  }

  /** Fixes the members of the batch at the head of the line, on disk before anybody is told of them. */
  close(batch: Batch): void {
    this.queue.close(batch);
    this.save();
  }

  /** Writes what changed, and has it delivered in time. */
  save(): void {
    if (!this.#known) return;
    for (const chunk of this.#known.takeTouched()) this.#parts.rows.write(chunk);
    this.arm();
  }

  /** Has the alarm run when the head of the line is due. */
  arm(): void {
    const due = this.due;
    // Whatever is added during a delivery, its end looks for what is next.
    if (due === undefined || this.#isDelivering) return;
    const { timetable } = this.#parts;
    const armed = timetable.dueOf(this.#key);
    if (armed === undefined || armed > due) timetable.set(this.#key, due);
  }

  /** When the head of the line is to be delivered; undefined when nothing waits. */
  get due(): number | undefined {
    const { head } = this.queue;
    if (!head) return undefined;
    return head.notBefore ?? (head.isClosed ? Date.now() : head.since + this.entry.rules.within);
  }

  /** True when the run at hand has crashed the object before; its own strike is written too. */
  get hasCrashed(): boolean {
    return (this.#parts.timetable.rowOf(this.#key)?.strikes ?? 0) > 1;
  }

  /** Runs `deliver` unless it is running already. */
  async deliverOnce(deliver: () => Promise<void>): Promise<void> {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      await deliver();
    } finally {
      this.#isDelivering = false;
      this.arm();
    }
  }

  /** Forgets what can be read again. */
  forget(): void {
    this.#known = undefined;
  }

  #load(): Queue {
    return this.#parts.rows.load(this.entry.rules.max);
  }

  #makeRoom(): void {
    const { drops, rows } = this.#parts;
    drops.count(this.entry);
    if (this.entry.rules.overflow === "reject") {
      throw new LoomError(LOOM_ERRORS.BATCH_FULL, {
        message: `${this.entry.where}: ${this.queue.size} items wait, its capacity. Add it later, or raise \`capacity\`.`,
      });
    }
    const { oldest } = this.queue;
    if (!oldest) return;
    oldest.items = rows.itemsOf(oldest);
    if (this.queue.drop(oldest)) rows.erase(oldest);
  }
}

/** The key of the one alarm that the sink `name` has. */
export function alarmKeyOf(name: string): string {
  return `loom:batch:${name}`;
}
