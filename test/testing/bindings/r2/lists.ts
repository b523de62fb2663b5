import type { Case } from "../cases.ts";

const md5 = "5d41402abc4b2a76b9719d911017c592";

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

// What a list of seven keys answers.
const names = ["B", "a", "a/1", "a/2", "a/b/1", "a/b/2", "c/1"];

const listing = (title: string, options: R2ListOptions, expected: unknown): Case<R2Bucket> => [
  `lists ${title}`,
  async (bucket) => {
    for (const name of names.toReversed()) await bucket.put(name, "");
    const { objects, delimitedPrefixes, truncated } = await bucket.list(options);
    return [objects.map((each) => each.key), delimitedPrefixes, truncated];
  },
  expected,
];

const pages = async (bucket: R2Bucket, options: R2ListOptions) => {
  for (const name of names) await bucket.put(name, "");
  const found: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ ...options, ...(cursor && { cursor }) });
    found.push([...page.objects.map((each) => each.key), ...page.delimitedPrefixes.map((each) => `${each}*`)]);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return found;
};

const details = {
  httpMetadata: { contentType: "text/plain", cacheExpiry: new Date(5000) },
  customMetadata: { a: "é" },
};

export const lists: readonly Case<R2Bucket>[] = [
  listing("all", {}, [names, [], false]),
  listing("by a prefix", { prefix: "a/" }, [["a/1", "a/2", "a/b/1", "a/b/2"], [], false]),
  listing("by a delimiter", { delimiter: "/" }, [["B", "a"], ["a/", "c/"], false]),
  listing("by a prefix and a delimiter", { prefix: "a/", delimiter: "/" }, [["a/1", "a/2"], ["a/b/"], false]),
  listing("by a delimiter of more", { delimiter: "/b/" }, [["B", "a", "a/1", "a/2", "c/1"], ["a/b/"], false]),
  listing("by an empty delimiter", { delimiter: "" }, [names, [], false]),
  listing("after a key", { startAfter: "a/1" }, [["a/2", "a/b/1", "a/b/2", "c/1"], [], false]),
  listing("after a key and by a delimiter", { startAfter: "a/b/1", delimiter: "/" }, [[], ["a/", "c/"], false]),
  listing("no more than the limit", { limit: 2 }, [["B", "a"], [], true]),
  listing("as many as the limit", { limit: 7 }, [names, [], false]),
  listing("prefixes in the limit", { limit: 3, delimiter: "/" }, [["B", "a"], ["a/"], true]),
  listing("with a limit of 0", { limit: 0 }, "Error: list: MaxKeys params must be positive integer <= 1000. (10022)"),
  listing(
    "with a limit over 1,000",
    { limit: 1001 },
    "Error: list: MaxKeys params must be positive integer <= 1000. (10022)",
  ),
  [
    "lists page by page",
    (bucket) => pages(bucket, { limit: 3 }),
    [["B", "a", "a/1"], ["a/2", "a/b/1", "a/b/2"], ["c/1"]],
  ],
  [
    "lists pages of prefixes",
    (bucket) => pages(bucket, { limit: 2, delimiter: "/" }),
    [
      ["B", "a"],
      ["a/*", "c/*"],
    ],
  ],
  [
    "lists pages of one",
    (bucket) => pages(bucket, { limit: 1, delimiter: "/", prefix: "a/" }),
    [["a/1"], ["a/2"], ["a/b/*"]],
  ],
  ...(
    [
      ["no metadata", [], {}, {}],
      ["all metadata", ["httpMetadata", "customMetadata"], details.httpMetadata, details.customMetadata],
      ["one kind of metadata", ["customMetadata"], {}, details.customMetadata],
    ] as const
  ).map(([title, include, http, custom]): Case<R2Bucket> => [
    `lists with ${title}`,
    async (bucket) => {
      await bucket.put(key, "hello", details);
      return (await bucket.list({ include: [...include] })).objects.map(seen);
    },
    [{ ...plain, http, custom }],
  ]),
  [
    "lists in the order of bytes",
    async (bucket) => {
      for (const name of ["😀", "\uFFFD", "é", "z"]) await bucket.put(name, "");
      return (await bucket.list()).objects.map((each) => each.key);
    },
    ["z", "é", "\uFFFD", "😀"],
  ],
];
