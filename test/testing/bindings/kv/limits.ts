import { expect } from "vitest";
import type { Case } from "../cases.ts";

const refused = (title: string, run: (kv: KVNamespace) => unknown, expected: unknown): Case<KVNamespace> => [
  `refuses ${title}`,
  run,
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

const put = (options: KVNamespacePutOptions) => (kv: KVNamespace) => kv.put("a", "1", options);

export const limits: readonly Case<KVNamespace>[] = [
  refused(
    "an object for a value",
    (kv) => kv.put("a", {} as string),
    "TypeError: KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.",
  ),
  filled(
    "refuses a type that is none",
    (kv) => kv.get("b", "yaml" as "text"),
    'TypeError: Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".',
  ),
  filled("refuses JSON that is none", (kv) => kv.get("a/2", "json"), expect.stringMatching(/^SyntaxError: /)),
  filled(
    "refuses many as JSON when one is none",
    (kv) => kv.get(["a/1", "b"], "json"),
    "Error: KV GET_BULK failed: 400 At least one of the requested keys corresponds to a non-json value",
  ),
  refused(
    "many as buffers",
    (kv) => kv.get(["a"], "arrayBuffer" as "text"),
    'Error: KV GET_BULK failed: 400 "arrayBuffer" is not a valid type. Use "json" or "text"',
  ),
  refused("no key at all", (kv) => kv.get([]), "Error: KV GET_BULK failed: 400 You must request a minimum of 1 key"),
  refused(
    "more than 100 keys",
    (kv) => kv.get(Array.from({ length: 101 }, (_, index) => `k${index}`)),
    "Error: KV GET_BULK failed: 400 You can request a maximum of 100 keys",
  ),
  refused("an empty key to read", (kv) => kv.get(""), "TypeError: Key name cannot be empty."),
  refused("an empty key to write", (kv) => kv.put("", ""), "TypeError: Key name cannot be empty."),
  refused("an empty key to delete", (kv) => kv.delete(""), "TypeError: Key name cannot be empty."),
  refused("the key .", (kv) => kv.put(".", ""), 'TypeError: "." is not allowed as a key name.'),
  refused("the key ..", (kv) => kv.get(".."), 'TypeError: ".." is not allowed as a key name.'),
  refused(
    "a key over 512 bytes to read",
    (kv) => kv.get("é".repeat(257)),
    "Error: KV GET failed: 414 UTF-8 encoded length of 514 exceeds key length limit of 512.",
  ),
  refused(
    "a key over 512 bytes to write",
    (kv) => kv.put("k".repeat(513), ""),
    "Error: KV PUT failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.",
  ),
  refused(
    "a key over 512 bytes to delete",
    (kv) => kv.delete("k".repeat(513)),
    "Error: KV DELETE failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.",
  ),
  ["takes a key of 512 bytes", async (kv) => (await kv.put("é".repeat(256), "1"), kv.get("é".repeat(256))), "1"],
  refused(
    "metadata over 1,024 bytes",
    put({ metadata: "é".repeat(512) }),
    "Error: KV PUT failed: 413 Metadata length of 1026 exceeds limit of 1024.",
  ),
  ["takes metadata of 1,024 bytes", put({ metadata: "é".repeat(511) }), undefined],
  refused(
    "a value over 25 MiB",
    (kv) => kv.put("a", new Uint8Array(25 * 1024 * 1024 + 1)),
    "Error: KV PUT failed: 413 Value length of 26214401 exceeds limit of 26214400.",
  ),
  refused(
    "a limit over 1,000",
    (kv) => kv.list({ limit: 1001 }),
    "Error: KV GET failed: 400 Invalid key_count_limit of 1001. Please specify an integer less than 1000.",
  ),
  refused(
    "a prefix over 512 bytes",
    (kv) => kv.list({ prefix: "k".repeat(513) }),
    "Error: KV GET failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.",
  ),
  refused(
    "a cacheTtl under 30 seconds",
    (kv) => kv.get("a", { cacheTtl: 29 }),
    "Error: KV GET failed: 400 Invalid cache_ttl of 29. Cache TTL must be at least 30.",
  ),
];
