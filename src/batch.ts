import { timetableOf } from "./alarm.ts";
import type { AlarmInfo } from "./alarm/target.ts";
import type { BatchEntry } from "./batch/declared.ts";
import { Delivery } from "./batch/delivery.ts";
import { DropLog } from "./batch/drop-log.ts";
import type { BatchInfo } from "./batch/options.ts";
import { type FailedBatch, Parking } from "./batch/parking.ts";
import { Rows } from "./batch/rows.ts";
import { Sink } from "./batch/sink.ts";
import { misuse } from "./errors.ts";
import { internals } from "./object/internals.ts";
import type { Remembering } from "./object/savepoints.ts";
import { toolsOf } from "./object/tools.ts";
import type { AnyLoomDO } from "./types.ts";

export type { BatchedOptions, BatchInfo, Overflow } from "./batch/options.ts";
export type { FailedBatch } from "./batch/parking.ts";

/** A method under @Batched, as `this.method`, or its name. */
export type BatchSink<Item = never> = string | ((items: Item[], info: BatchInfo) => unknown);

/** What the alarm of a sink calls on the object's batches; no user's code can name it. */
export const deliver: unique symbol = Symbol("loom.batches.deliver");

interface Channel {
  readonly sink: Sink;
  readonly delivery: Delivery;
  readonly drops: DropLog;
}

/**
 * Collects items durably and hands them over in batches, each at least once.
 *
 * @example
 * ```ts
 * this.batches.add(this.saveEvents, event);
 * ```
 */
export class Batches implements Remembering {
  readonly #object: AnyLoomDO;
  readonly #entries: readonly BatchEntry[];
  readonly #parking: Parking;
  readonly #channels = new Map<BatchEntry, Channel>();

  constructor(object: AnyLoomDO, entries: readonly BatchEntry[]) {
    this.#object = object;
    this.#entries = entries;
    this.#parking = new Parking(toolsOf(object).ctx.storage.kv);
    object[internals].savepoints.add(this);
  }

  /**
   * Has `item` delivered with others: what left the object after this call implies that it is kept.
   *
   * It is copied. Throws, and keeps nothing, when it cannot be stored or there is no room.
   */
  // The name's form first: the compiler explains a wrong item by the last of the overloads.
  add(sink: string, item: unknown): void;
  add<Item>(sink: (items: Item[], info: BatchInfo) => unknown, item: NoInfer<Item>): void;
  add(sink: BatchSink, item: unknown): void {
    this.#channelOf(sink, "add").sink.add(item);
  }

  /** How many items wait; those of failed batches are not counted. */
  size(sink: BatchSink): number {
    return this.#channelOf(sink, "size").sink.queue.size;
  }

  /** Has what waits delivered now, whatever `max` and `within` say. */
  flush(sink: BatchSink): void {
    this.#channelOf(sink, "flush").sink.flush();
  }

  /** The batches that no try could deliver, the oldest failure first; of one sink, or of all. */
  failed(sink?: BatchSink): FailedBatch[] {
    return this.#parking.list(sink === undefined ? undefined : this.#entryOf(sink, "failed").name);
  }

  /** Has the failed batch `id` delivered again, before what waits; returns whether there was one. */
  retry(id: string): boolean {
    const name = this.#parking.sinkOf(id);
    if (name === undefined) return false;
    const entry = this.#entries.find((known) => known.name === name);
    if (!entry)
      throw misuse(`batches.retry: the class has no sink "${name}" any more. Declare it, or discard("${id}").`);
    this.#open(entry).sink.retry(id, this.#parking);
    return true;
  }

  /** Lets go of the failed batch `id` and its items; returns whether there was one. */
  discard(id: string): boolean {
    return this.#parking.erase(id);
  }

  /** Writes what is pending; what it returns has everything read again. */
  begin(): () => void {
    for (const { sink } of this.#channels.values()) sink.save();
    return () => this.forget();
  }

  /** Forgets everything that can be read again. */
  forget(): void {
    for (const { sink } of this.#channels.values()) sink.forget();
  }

  /** Delivers what is due. */
  async [deliver](entry: BatchEntry, info: AlarmInfo): Promise<void> {
    const { sink, delivery, drops } = this.#open(entry);
    await sink.deliverOnce(() => delivery.run(info));
    drops.report(entry);
  }

  #channelOf(sink: BatchSink, call: string): Channel {
    return this.#open(this.#entryOf(sink, call));
  }

  #entryOf(sink: BatchSink, call: string): BatchEntry {
    const found = this.#entries.findLast(({ member, handlerOf }) => {
      return typeof sink === "string" ? member === sink : handlerOf(this.#object) === sink;
    });
    if (found) return found;
    const given = typeof sink === "function" ? `\`${sink.name}\`` : `"${String(sink)}"`;
    const known = this.#entries.map(({ member }) => `this.${String(member)}`).join(", ") || "none";
    throw misuse(`batches.${call}: ${given} is no method under @Batched. The class has ${known}.`);
  }

  #open(entry: BatchEntry): Channel {
    const known = this.#channels.get(entry) ?? this.#make(entry);
    this.#channels.set(entry, known);
    return known;
  }

  #make(entry: BatchEntry): Channel {
    const { ctx, log } = toolsOf(this.#object);
    const { turn } = this.#object[internals];
    const rows = new Rows(ctx.storage.kv, entry.name);
    const drops = new DropLog(log);
    const sink = new Sink(entry, { rows, turn, drops, timetable: timetableOf(this.#object) });
    return { sink, drops, delivery: new Delivery(this.#object, sink, { rows, parking: this.#parking }) };
  }
}
