import type { Case } from "../cases.ts";

// Three keys with something in common.
const filled = (title: string, run: (kv: KVNamespace) => unknown, expected: unknown): Case<KVNamespace> => [
  title,
  async (kv) => {
    await kv.put("a/1", '{"n":1}', { metadata: { at: 1 } });
    await kv.put("a/2", "two");
    await kv.put("b", "three");
    return run(kv);
  },
  expected,
];

const names = async (listed: Promise<KVNamespaceListResult<unknown>>) => (await listed).keys.map(({ name }) => name);

const sorted = ["B", "a", "a1", "b", "z", "é", "\uFFFD", "😀"];

const sorting = async (kv: KVNamespace) => {
  for (const key of sorted.toReversed()) await kv.put(key, "");
  return names(kv.list());
};

export const lists: readonly Case<KVNamespace>[] = [
  ["lists nothing", (kv) => kv.list(), { keys: [], list_complete: true, cacheStatus: null }],
  filled("lists keys with their metadata", (kv) => kv.list(), {
    keys: [{ name: "a/1", metadata: { at: 1 } }, { name: "a/2" }, { name: "b" }],
    list_complete: true,
    cacheStatus: null,
  }),
  ["lists in the order of bytes", sorting, sorted],
  filled("lists by a prefix", (kv) => names(kv.list({ prefix: "a/" })), ["a/1", "a/2"]),
  filled("lists by no prefix", (kv) => names(kv.list({ prefix: null })), ["a/1", "a/2", "b"]),
  filled("lists what a prefix excludes: nothing", (kv) => names(kv.list({ prefix: "A" })), []),
  filled(
    "lists page by page",
    async (kv) => {
      const first = await kv.list({ limit: 2 });
      const cursor = first.list_complete ? "" : first.cursor;
      const second = await kv.list({ limit: 2, cursor });
      return [
        first.list_complete,
        await names(Promise.resolve(first)),
        second.list_complete,
        await names(Promise.resolve(second)),
      ];
    },
    [false, ["a/1", "a/2"], true, ["b"]],
  ),
  filled("is complete at its limit", async (kv) => (await kv.list({ limit: 3 })).list_complete, true),
  filled("lists with an empty cursor", (kv) => names(kv.list({ cursor: "" })), ["a/1", "a/2", "b"]),
  filled("takes a limit of 0 for none", (kv) => names(kv.list({ limit: 0 })), ["a/1", "a/2", "b"]),
  filled("takes a limit below 0 for none", (kv) => names(kv.list({ limit: -1 })), ["a/1", "a/2", "b"]),
];
