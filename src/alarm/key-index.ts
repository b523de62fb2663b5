import type { AlarmTable } from "./table.ts";

// Some 100 bytes each. Beyond, each question reads the table: an index would make every schedule of everybody dearer.
const mostKnown = 200_000;

/** When each key is due: read once a wake, when a key is first asked for. A wake that only runs what is due never is. */
export class KeyIndex {
  readonly #table: AlarmTable;
  readonly #most: number;
  readonly #dues = new Map<string, number>();
  #state: "unread" | "complete" | "tooMany" = "unread";

  constructor(table: AlarmTable, most = mostKnown) {
    this.#table = table;
    this.#most = most;
  }

  dueOf(key: string): number | undefined {
    const known = this.#dues.get(key);
    if (known !== undefined) return known;
    if (this.#state === "unread") this.#read();
    return this.#state === "complete" ? this.#dues.get(key) : this.#table.dueOf(key);
  }

  put(key: string, due: number): void {
    if (this.#dues.size < this.#most || this.#dues.has(key)) this.#dues.set(key, due);
    else this.#state = "tooMany";
  }

  delete(key: string): void {
    this.#dues.delete(key);
  }

  forget(): void {
    this.#dues.clear();
    this.#state = "unread";
  }

  #read(): void {
    this.#dues.clear();
    this.#state = "complete";
    for (const [key, due] of this.#table.dues()) {
      this.put(key, due);
      if (this.#state !== "complete") return;
    }
  }
}
