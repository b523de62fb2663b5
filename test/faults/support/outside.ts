import type { Delivery } from "../../node/support/sink.ts";

/** What one object has told the sink. */
export interface Heard {
  /** How often the alarm of each mark has run. */
  readonly runs: ReadonlyMap<string, number>;
  /** The deliveries of each batch, in the order of the first: its members, as text. */
  readonly batches: ReadonlyMap<string, readonly string[]>;
}

/** Keeps what reached the sink. */
export class Outside {
  readonly #deliveries: Delivery[] = [];

  keep(delivery: Delivery): void {
    this.#deliveries.push(delivery);
  }

  /** What the object `name` has told. */
  of(name: string): Heard {
    const [runs, batches] = [new Map<string, number>(), new Map<string, string[]>()];
    for (const { path, body } of this.#deliveries) {
      const [, object, kind, key] = path.split("/") as [string, string, string, string];
      if (object !== name) continue;
      if (kind === "ran") runs.set(key, (runs.get(key) ?? 0) + 1);
      if (kind === "batch") batches.set(key, [...(batches.get(key) ?? []), body]);
    }
    return { runs, batches };
  }
}
