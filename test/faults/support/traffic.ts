import type { ServedObject } from "../../node/support/served-object.ts";
import type { Sink } from "../../node/support/sink.ts";

/** What the outside knows of one object, because the object said so. */
export interface Known {
  readonly name: string;
  readonly object: ServedObject;
  /** Acknowledged changes, each as `client number`. */
  readonly changes: Set<string>;
  /** The highest number that left the object in a result or a socket message. */
  announced: number;
}

/** The object that the others tell what number they have reached. */
export const listener = "listener";

/** The numbers that a turn changes together: of fields, a table, the store and the record. */
export type Totals = readonly number[];

/** Clients that change an object until the server goes away, and keep what was acknowledged. */
export class Traffic {
  /** Totals that were seen apart; stays empty. */
  readonly apart: Totals[] = [];
  readonly #onAcknowledged: () => void;
  #isDown = false;

  constructor(onAcknowledged: () => void) {
    this.#onAcknowledged = onAcknowledged;
  }

  /** Notes that the server is about to be killed: from now on calls may fail. */
  expectTheEnd(): void {
    this.#isDown = true;
  }

  /** Runs every kind of client against `known`; resolves when the server is gone. */
  async run(known: Known, round: number): Promise<void> {
    const ways = ["http", "rpc", "http", "rpc"] as const;
    const writers = ways.map((way, index) => this.#write(known, { way, client: `${way}-${index}-${round}` }));
    const others = [this.#announce(known, "announce"), this.#announce(known, "tell", listener)];
    await Promise.all([...writers, ...others, this.#talk(known), this.#watch(known)]);
  }

  #write(known: Known, { way, client }: { way: "http" | "rpc"; client: string }): Promise<void> {
    let number = 0;
    return this.#repeat(async () => {
      const change = { client, number: ++number };
      await (way === "rpc" ? this.#call(known, "change", change) : this.#post(known, change));
      known.changes.add(`${client} ${number}`);
      this.#onAcknowledged();
    });
  }

  #announce(known: Known, member: string, ...args: unknown[]): Promise<void> {
    return this.#repeat(async () => {
      known.announced = Math.max(known.announced, (await this.#call(known, member, ...args)) as number);
    });
  }

  #talk(known: Known): Promise<void> {
    return this.#repeat(async () => {
      const socket = await known.object.connect("/");
      for (let count = 1; !this.#isDown; count++) {
        socket.send("next");
        await Promise.race([socket.until(count), socket.closed]);
      }
      await socket.closed;
      known.announced = Math.max(known.announced, ...socket.received.map(Number));
    });
  }

  #watch(known: Known): Promise<void> {
    return this.#repeat(async () => {
      const totals = (await this.#call(known, "totals")) as Totals;
      if (areApart(totals)) this.apart.push(totals);
    });
  }

  async #call({ object }: Known, member: string, ...args: unknown[]): Promise<unknown> {
    const { value, error } = await object.call(member, ...args);
    if (error) throw new Error(`${member}: ${error.message}`);
    return value;
  }

  async #post({ object }: Known, change: object): Promise<void> {
    const response = await object.fetch("/changes", { method: "POST", body: JSON.stringify(change), headers });
    if (response.status !== 204) throw new Error(`${response.status} ${await response.text()}`);
  }

  async #repeat(act: () => Promise<void>): Promise<void> {
    while (!this.#isDown) {
      try {
        await act();
      } catch (error) {
        if (!this.#isDown) throw error;
      }
    }
  }
}

/** True for totals that one turn changed and that differ all the same. */
export function areApart(totals: Totals): boolean {
  return new Set(totals).size > 1;
}

/** The highest number of `known` that reached the sink. */
export function announcedTo(sink: Sink, known: Known): number {
  const own = sink.received.filter((path) => path.startsWith(`/${known.name}/`));
  return Math.max(0, ...own.map((path) => Number(path.split("/").pop())));
}

const headers = { "content-type": "application/json" };
