import type { Case } from "../cases.ts";

const text = (stream: ReadableStream | null) => new Response(stream).text();

const kept = (title: string, value: unknown, expected: string): Case<KVNamespace> => [
  `keeps ${title}`,
  async (kv) => {
    await kv.put("a", value as string);
    return kv.get("a");
  },
  expected,
];

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

const entries = async (map: Promise<Map<string, unknown>>) => [...(await map)];

const names = async (listed: Promise<KVNamespaceListResult<unknown>>) => (await listed).keys.map(({ name }) => name);

const put = (options: KVNamespacePutOptions) => (kv: KVNamespace) => kv.put("a", "1", options);

export const values: readonly Case<KVNamespace>[] = [
  kept("text", "añ😀", "añ😀"),
  kept("nothing", "", ""),
  kept("a buffer", new TextEncoder().encode("hi").buffer, "hi"),
  kept("a view", new TextEncoder().encode("say hi").subarray(4), "hi"),
  kept("a stream", new Response("streamed").body, "streamed"),
  kept("a number as text", 5, "5"),
  kept("true as text", true, "true"),
  kept("null as text", null, "null"),
  ["has nothing under an unknown key", (kv) => kv.get("none"), null],
  [
    "has no metadata under an unknown key",
    (kv) => kv.getWithMetadata("none"),
    { value: null, metadata: null, cacheStatus: null },
  ],
  [
    "writes over a value and its metadata",
    async (kv) => {
      await kv.put("a", "1", { metadata: 1 });
      await kv.put("a", "2");
      return kv.getWithMetadata("a");
    },
    { value: "2", metadata: null, cacheStatus: null },
  ],
  ["deletes", async (kv) => (await kv.put("a", "1"), await kv.delete("a"), kv.get("a")), null],
  ["deletes what is not there", (kv) => kv.delete("a"), undefined],
  filled("reads JSON", (kv) => kv.get("a/1", "json"), { n: 1 }),
  filled("reads JSON by options", (kv) => kv.get("a/1", { type: "json" }), { n: 1 }),
  filled("reads a buffer", (kv) => kv.get("b", "arrayBuffer"), { bytes: [116, 104, 114, 101, 101] }),
  filled("reads a stream", async (kv) => text(await kv.get("b", "stream")), "three"),
  filled(
    "reads text that is not UTF-8",
    async (kv) => (await kv.put("c", new Uint8Array([65, 255])), kv.get("c")),
    "A\uFFFD",
  ),
  filled("keeps a byte order mark", async (kv) => (await kv.put("c", "\uFEFFa"), kv.get("c")), "\uFEFFa"),
  filled("reads with a cacheTtl", (kv) => kv.get("b", { cacheTtl: 60 }), "three"),
  filled("reads with no type", (kv) => kv.get("b", undefined), "three"),
  filled("reads metadata", (kv) => kv.getWithMetadata("a/1", "json"), {
    value: { n: 1 },
    metadata: { at: 1 },
    cacheStatus: null,
  }),
  filled("reads many", (kv) => entries(kv.get(["b", "none", "a/2"])), [
    ["b", "three"],
    ["none", null],
    ["a/2", "two"],
  ]),
  filled("reads many as JSON", (kv) => entries(kv.get(["a/1", "none"], "json")), [
    ["a/1", { n: 1 }],
    ["none", null],
  ]),
  filled("reads many with metadata", (kv) => entries(kv.getWithMetadata(["a/1", "b", "none"])), [
    ["a/1", { value: '{"n":1}', metadata: { at: 1 } }],
    ["b", { value: "three", metadata: null }],
    ["none", null],
  ]),
  filled("reads one key twice once", (kv) => entries(kv.get(["b", "b"])), [["b", "three"]]),
  ["reads 100 keys", async (kv) => (await kv.get(Array.from({ length: 100 }, (_, index) => `k${index}`))).size, 100],
  [
    "takes a key with a slash, a space and a percent sign",
    async (kv) => (await kv.put("/a b%2F?#", "1"), names(kv.list())),
    ["/a b%2F?#"],
  ],
  ["takes a number for a key", async (kv) => (await kv.put(5 as never, "1"), kv.get("5")), "1"],
  [
    "keeps metadata",
    async (kv) => (
      await put({ metadata: { list: [1, null], text: "é" } })(kv),
      (await kv.getWithMetadata("a")).metadata
    ),
    { list: [1, null], text: "é" },
  ],
  [
    "keeps null for metadata",
    async (kv) => (await put({ metadata: null })(kv), (await kv.list()).keys),
    [{ name: "a" }],
  ],
];
