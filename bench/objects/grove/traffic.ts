/** Somebody reads a page. */
export interface View {
  readonly reader: number;
  readonly path: string;
}

/** Somebody reacts to the one post; nobody does so twice in one way. */
export interface Reaction {
  readonly reader: number;
  readonly type: string;
}

export const tenant = { id: "t-willow", subdomain: "willow" };
export const post = "spring-in-the-grove";

/** Readers, all of them signed in. */
export const readers = 250;

const pages = 20;
const atOnce = 10;
const stepsAVisit = 10;
const types = ["like", "love", "insightful", "thanks"];

/** What happens in one of a thousand steps: a reaction and ten views, each the next of a visit of ten. */
export function trafficOf(step: number): { readonly views: readonly View[]; readonly reaction: Reaction } {
  const views = Array.from({ length: atOnce }, (_, place) => {
    const visit = Math.floor(step / stepsAVisit) * atOnce + place;
    return { reader: visit % readers, path: `/posts/${(visit + step) % pages}` };
  });
  return { views, reaction: { reader: step % readers, type: types[Math.floor(step / readers) % types.length]! } };
}
