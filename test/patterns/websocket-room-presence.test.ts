import { evictDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WebSocketRoom } from "../../src/patterns/index.ts";
import { objectOf } from "../support.ts";
import { Client } from "../support/client.ts";

type Stub = DurableObjectStub<WebSocketRoom>;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("join" as const), who: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("close" as const), who: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kick" as const), who: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), who: fc.constant(0) }) },
);

test("whoever comes, goes, is kicked or sleeps through it, all know who is here, told once of each", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const room = objectOf<WebSocketRoom>("PlainRoom");
      let guests: Guest[] = [];
      for (const { do: what, who } of steps) {
        const user = `user-${who}`;
        if (what === "join") guests.push(await Guest.join(room, user));
        if (what === "close") await guests.splice(who % (guests.length || 1), 1)[0]?.leave();
        if (what === "kick") await room.kick(user);
        if (what === "kick") guests = guests.filter((guest) => guest.user !== user);
        await room.broadcast({ type: "mark" });
        for (const guest of guests) await guest.read();
        if (what === "evict") await evictDurableObject(room);
      }

      const here = (await room.members()).map(({ userId }) => userId).sort();
      expect(here).toEqual([...new Set(guests.map(({ user }) => user))].sort());
      for (const guest of guests) expect([...guest.here].sort()).toEqual(here);
      for (const guest of guests) await guest.leave();
    }),
    { numRuns: 25 },
  );
});

/** A client, and who it was told is here. */
class Guest {
  readonly user: string;
  readonly here = new Set<string>();
  readonly #client: Client;

  private constructor(user: string, client: Client) {
    this.user = user;
    this.#client = client;
  }

  static async join(room: Stub, user: string): Promise<Guest> {
    return new Guest(user, await Client.open(room, `/?userId=${user}`));
  }

  /** Closes, and waits until the room has answered. */
  async leave(): Promise<void> {
    this.#client.close(1000);
    while (!("closed" in ((await this.#client.next()) as object)));
  }

  /** Takes in what was told up to the next mark. */
  async read(): Promise<void> {
    for (;;) {
      const event = (await this.#client.next()) as Told;
      if (event.type === "mark") return;
      if (event.type === "welcome") for (const { userId } of event.roomState!.members) this.here.add(userId);
      // Nobody comes who is here, and nobody goes who is not.
      if (event.type === "user_joined") expect(this.here.has(event.userId)).toBe(false);
      if (event.type === "user_joined") this.here.add(event.userId);
      if (event.type === "user_left") expect(this.here.delete(event.userId)).toBe(true);
    }
  }
}

interface Told {
  readonly type: string;
  readonly userId: string;
  readonly roomState?: { readonly members: readonly { readonly userId: string }[] };
}
