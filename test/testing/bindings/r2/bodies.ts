import { expect } from "vitest";
import { outcome } from "../../suite/driver.ts";
import type { Case } from "../cases.ts";

const hello = (title: string, run: (bucket: R2Bucket, put: R2Object) => unknown, expected: unknown): Case<R2Bucket> => [
  title,
  async (bucket) => run(bucket, (await bucket.put("greetings/hello", "hello"))!),
  expected,
];

const key = "greetings/hello";

const kept = (title: string, value: unknown, expected: string): Case<R2Bucket> => [
  `keeps ${title}`,
  async (bucket) => {
    await bucket.put("a", value as string);
    return (await bucket.get("a"))!.text();
  },
  expected,
];

const details = {
  httpMetadata: { contentType: "text/plain", cacheExpiry: new Date(5000) },
  customMetadata: { a: "é" },
};

export const bodies: readonly Case<R2Bucket>[] = [
  kept("text", "añ😀", "añ😀"),
  kept("nothing", "", ""),
  kept("null as nothing", null, ""),
  kept("a buffer", new TextEncoder().encode("hi").buffer, "hi"),
  kept("a view", new TextEncoder().encode("say hi").subarray(4), "hi"),
  kept("a blob", new Blob(["bl", "ob"]), "blob"),
  [
    "keeps a stream of known length",
    async (bucket) => (await bucket.put("a", new Response("streamed").body), (await bucket.get("a"))!.text()),
    "streamed",
  ],
  hello("reads text", async (bucket) => (await bucket.get(key))!.text(), "hello"),
  hello("reads a buffer", async (bucket) => (await bucket.get(key))!.arrayBuffer(), {
    bytes: [104, 101, 108, 108, 111],
  }),
  hello("reads bytes", async (bucket) => [...(await (await bucket.get(key))!.bytes())], [104, 101, 108, 108, 111]),
  hello("reads a blob", async (bucket) => (await (await bucket.get(key))!.blob()).text(), "hello"),
  [
    "reads a blob with its type",
    async (bucket) => (await bucket.put("a", "", details), (await (await bucket.get("a"))!.blob()).type),
    "text/plain",
  ],
  hello(
    "says what it is in JSON",
    async (bucket) => Object.keys(JSON.parse(JSON.stringify(await bucket.get(key)))).toSorted(),
    [
      "checksums",
      "customMetadata",
      "etag",
      "httpEtag",
      "httpMetadata",
      "key",
      "range",
      "size",
      "storageClass",
      "uploaded",
      "version",
    ],
  ),
  ["reads JSON", async (bucket) => (await bucket.put("a", '{"n":1}'), (await bucket.get("a"))!.json()), { n: 1 }],
  hello("reads a stream", async (bucket) => new Response((await bucket.get(key))!.body).text(), "hello"),
  hello(
    "reads a body once",
    async (bucket) => {
      const found = (await bucket.get(key))!;
      const before = found.bodyUsed;
      await found.text();
      return [before, found.bodyUsed, await outcome(() => found.text())];
    },
    [
      false,
      true,
      "TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice.",
    ],
  ),
  hello(
    "reads JSON that is none",
    async (bucket) => (await bucket.get(key))!.json(),
    expect.stringMatching(/^SyntaxError/),
  ),
  ...[{}, 5].map((value): Case<R2Bucket> => [
    `refuses ${value} for a value`,
    (bucket) => bucket.put("a", value as string),
    "TypeError: Failed to execute 'put' on 'R2Bucket': parameter 2 is not of type 'JsReadableStream or ArrayBuffer or ArrayBufferView or string or Blob'.",
  ]),
];
