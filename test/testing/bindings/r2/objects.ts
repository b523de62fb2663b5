import type { Case } from "../cases.ts";

const md5 = "5d41402abc4b2a76b9719d911017c592";

const hello = (title: string, run: (bucket: R2Bucket, put: R2Object) => unknown, expected: unknown): Case<R2Bucket> => [
  title,
  async (bucket) => run(bucket, (await bucket.put("greetings/hello", "hello"))!),
  expected,
];

const key = "greetings/hello";

const seen = (found: R2Object | null) =>
  found && {
    key: found.key,
    size: found.size,
    etag: found.etag,
    httpEtag: found.httpEtag,
    http: found.httpMetadata,
    custom: found.customMetadata,
    range: found.range,
    checksums: found.checksums.toJSON(),
  };

const plain = { key, size: 5, etag: md5, httpEtag: `"${md5}"`, http: {}, custom: {}, checksums: { md5 } };

const whole = { offset: 0, length: 5 };

const details = {
  httpMetadata: { contentType: "text/plain", cacheExpiry: new Date(5000) },
  customMetadata: { a: "é" },
};

export const objects: readonly Case<R2Bucket>[] = [
  [
    "has nothing under an unknown key",
    async (bucket) => [await bucket.get("none"), await bucket.head("none")],
    [null, null],
  ],
  hello("answers put", (_, put) => seen(put), plain),
  hello("answers head", async (bucket) => seen(await bucket.head(key)), { ...plain, range: whole }),
  hello("answers get", async (bucket) => seen(await bucket.get(key)), { ...plain, range: whole }),
  hello(
    "answers a version and a time",
    async (bucket, put) => {
      const found = (await bucket.head(key))!;
      return [
        found.version === put.version,
        put.version.length > 0,
        found.uploaded.getTime() === put.uploaded.getTime(),
      ];
    },
    [true, true, true],
  ),
  hello("makes a new version", async (bucket, put) => (await bucket.put(key, "hello"))!.version === put.version, false),
  hello(
    "writes over metadata",
    async (bucket) => {
      await bucket.put(key, "a", details);
      await bucket.put(key, "a");
      const { httpMetadata, customMetadata } = (await bucket.head(key))!;
      return [httpMetadata, customMetadata];
    },
    [{}, {}],
  ),
  [
    "keeps metadata",
    async (bucket) => {
      await bucket.put("a", "", details);
      const { httpMetadata, customMetadata } = (await bucket.head("a"))!;
      return { httpMetadata, customMetadata };
    },
    details,
  ],
  [
    "takes metadata from headers",
    async (bucket) => {
      const httpMetadata = new Headers({
        "Content-Type": "text/css",
        "Content-Language": "en",
        "Content-Disposition": "inline",
        "Content-Encoding": "gzip",
        "Cache-Control": "no-store",
        Expires: "Thu, 01 Jan 1970 00:00:05 GMT",
        "X-Other": "1",
      });
      return (await bucket.put("a", "", { httpMetadata })).httpMetadata;
    },
    {
      contentType: "text/css",
      contentLanguage: "en",
      contentDisposition: "inline",
      contentEncoding: "gzip",
      cacheControl: "no-store",
      cacheExpiry: new Date(5000),
    },
  ],
  [
    "writes metadata into headers",
    async (bucket) => {
      const headers = new Headers();
      (await bucket.put("a", "", details)).writeHttpMetadata(headers);
      return [...headers];
    },
    [
      ["content-type", "text/plain"],
      ["expires", "Thu, 01 Jan 1970 00:00:05 GMT"],
    ],
  ],
  hello("deletes", async (bucket) => (await bucket.delete(key), bucket.head(key)), null),
  hello(
    "deletes many",
    async (bucket) => {
      await bucket.put("b", "");
      await bucket.delete([key, "b", "none"]);
      return (await bucket.list()).objects;
    },
    [],
  ),
  ["deletes what is not there", (bucket) => bucket.delete("none"), undefined],
  ["deletes nothing", (bucket) => bucket.delete([]), undefined],
  ["takes an empty key", async (bucket) => (await bucket.put("", "a"))!.key, ""],
  ["takes a key of 1,024 bytes", async (bucket) => (await bucket.put("é".repeat(512), ""))!.key.length, 512],
  [
    "refuses a longer key to write",
    (bucket) => bucket.put("k".repeat(1025), ""),
    "Error: put: The specified object name is not valid. (10020)",
  ],
  [
    "refuses a longer key to read",
    (bucket) => bucket.get("é".repeat(513)),
    "Error: get: The specified object name is not valid. (10020)",
  ],
  [
    "refuses a longer key to delete",
    (bucket) => bucket.delete("é".repeat(513)),
    "Error: delete: The specified object name is not valid. (10020)",
  ],
  [
    "refuses custom metadata over 8 KiB",
    (bucket) => bucket.put("a", "", { customMetadata: { a: "x".repeat(8192) } }),
    "Error: put: Your metadata headers exceed the maximum allowed metadata size. (10012)",
  ],
  [
    "takes custom metadata of 8 KiB",
    async (bucket) => (await bucket.put("a", "", { customMetadata: { a: "x".repeat(8191) } })).size,
    0,
  ],
];
