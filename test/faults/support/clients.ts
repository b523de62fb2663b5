import type { ServedObject } from "../../node/support/served-object.ts";

/** One busy object, and the changes that it has acknowledged. */
export interface Busy {
  readonly name: string;
  readonly object: ServedObject;
  readonly acknowledged: Set<string>;
}

// What they cause is to be done in the round: alarms run one after the other.
const changesEach = 20;

/** Clients that change objects by every way in, some time before the server goes away. */
export class Clients {
  readonly #round: number;
  #isDown = false;

  constructor(round: number) {
    this.#round = round;
  }

  /** Notes that the server is about to be killed: from now on calls may fail. */
  expectTheEnd(): void {
    this.#isDown = true;
  }

  /** Runs every kind of client against `busy`; resolves when all are done, or the server is gone. */
  async run(busy: Busy): Promise<void> {
    await Promise.all([this.#call(busy), this.#post(busy), this.#talk(busy)]);
  }

  #call(busy: Busy): Promise<void> {
    return this.#repeat("rpc", changesEach, async (mark) => {
      const { error } = await busy.object.call("change", mark);
      if (error) throw new Error(error.message);
      this.#note(busy, mark);
    });
  }

  #post(busy: Busy): Promise<void> {
    return this.#repeat("http", changesEach, async (mark) => {
      const response = await busy.object.fetch("/changes", { method: "POST", body: mark });
      if (response.status !== 204) throw new Error(`${response.status} ${await response.text()}`);
      this.#note(busy, mark);
    });
  }

  /** Sends five messages at a time, so that several wait when the server is killed. */
  #talk(busy: Busy): Promise<void> {
    return this.#repeat("socket", 2, async (name) => {
      const socket = await busy.object.connect("/live");
      for (let sent = 0; !this.#isDown && sent < 15; sent += 5) {
        for (const index of [0, 1, 2, 3, 4])
          socket.send(JSON.stringify({ type: "change", mark: `${name}.${sent + index}` }));
        await Promise.race([socket.until(sent + 5), socket.closed]);
      }
      if (!this.#isDown) socket.close();
      await socket.closed;
      this.#noteReplies(busy, socket.received);
    });
  }

  /** Each reply says how many came before it on the same socket. */
  #noteReplies(busy: Busy, received: readonly string[]): void {
    const replies = received.map((text) => JSON.parse(text) as { type: string; mark: string; count: number });
    const wrong = replies.find(({ type, count }, index) => type !== "changed" || count !== index + 1);
    if (wrong) throw new Error(`a socket of ${busy.name} received ${JSON.stringify(wrong)}`);
    for (const { mark } of replies) this.#note(busy, mark);
  }

  #note({ acknowledged }: Busy, mark: string): void {
    acknowledged.add(mark);
  }

  async #repeat(way: string, times: number, act: (mark: string) => Promise<void>): Promise<void> {
    for (let number = 1; number <= times && !this.#isDown; number++) {
      try {
        await act(`${way}-${this.#round}-${number}`);
      } catch (error) {
        if (!this.#isDown) throw error;
      }
    }
  }
}
