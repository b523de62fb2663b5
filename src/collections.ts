export { PersistedList } from "./collections/list.ts";
export { PersistedMap } from "./collections/map.ts";
export type { EntryRange } from "./collections/range.ts";
export { PersistedSet } from "./collections/set.ts";
