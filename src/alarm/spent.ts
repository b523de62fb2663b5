import type { AlarmRow } from "./target.ts";

/** The rows whose handlers run: still in the table, so that a crash runs them again; one that is replaced leaves. */
export class Spent {
  #rows: Map<string, AlarmRow> | undefined;

  get count(): number {
    return this.#rows?.size ?? 0;
  }

  add(row: AlarmRow): void {
    (this.#rows ??= new Map()).set(row.key, row);
  }

  has(row: AlarmRow): boolean {
    return this.of(row.key) === row;
  }

  of(key: string): AlarmRow | undefined {
    return this.#rows?.get(key);
  }

  delete(key: string): void {
    this.#rows?.delete(key);
  }

  begin(): () => void {
    const rows = this.#rows && new Map(this.#rows);
    return () => {
      this.#rows = rows;
    };
  }
}
