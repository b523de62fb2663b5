import type { JsonStore } from "loom-do";
import type { z } from "zod";
import type { PostMeta, Reactions, Tier } from "../../types.ts";
import type { InitBody } from "./schemas.ts";
import type { View, ViewLog } from "./view-log.ts";

type Kept = Omit<PostMeta, "isPopular">;

const key = "post_meta";
const day = 24 * 60 * 60_000;
const defaultThreshold = 100;
const thresholds: Readonly<Record<Tier, number>> = {
  wanderer: 150,
  seedling: 100,
  sapling: 75,
  oak: 50,
  evergreen: 25,
};

/** What is known of the post: a row for what changes seldom, with the count that the log of its views has. */
export class MetaRecord {
  readonly #store: JsonStore;
  readonly #views: ViewLog;

  constructor(store: JsonStore, views: ViewLog) {
    this.#store = store;
    this.#views = views;
  }

  /** As of now: nothing of it is older than what is stored. */
  get value(): PostMeta | undefined {
    const kept = this.#store.get<Kept>(key);
    if (!kept) return undefined;
    const newest = this.#views.newest ?? viewOf(kept);
    return { ...kept, viewCount: newest.id, lastViewed: newest.timestamp, isPopular: this.#isPopular(kept, newest) };
  }

  /** Makes the post; of one that is there it changes the tier, if one is given. */
  make({ tenantId, slug, tier }: z.output<typeof InitBody>): PostMeta {
    const kept = this.#store.get<Kept>(key);
    const fresh = { viewCount: 0, reactions: { likes: 0, bookmarks: 0 }, lastViewed: Date.now() };
    if (!kept) this.#store.set(key, { tenantId, slug, tier, ...fresh });
    else if (tier && tier !== kept.tier) {
      const { tenantId, slug, tier: _former, ...rest } = kept;
      this.#store.set(key, { tenantId, slug, tier, ...rest });
    }
    return this.value!;
  }

  setReactions(reactions: Reactions): void {
    this.#store.set(key, { ...this.#store.get<Kept>(key), reactions });
  }

  /** Takes over the count from the log, which is about to forget its views. */
  settle({ id, timestamp }: View): void {
    const kept = this.#store.get<Kept>(key)!;
    if (kept.viewCount !== id) this.#store.set(key, { ...kept, viewCount: id, lastViewed: timestamp });
  }

  /** A day's views are enough when the one that would be the last of them is younger than a day. */
  #isPopular({ tier }: Kept, { id }: View): boolean {
    const threshold = tier ? thresholds[tier] : defaultThreshold;
    const time = this.#views.timeOf(id - threshold + 1);
    return time !== undefined && time >= Date.now() - day;
  }
}

function viewOf({ viewCount, lastViewed }: Kept): View {
  return { id: viewCount, timestamp: lastViewed };
}
