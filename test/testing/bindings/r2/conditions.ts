import type { Case } from "../cases.ts";

const hello = (title: string, run: (bucket: R2Bucket, put: R2Object) => unknown, expected: unknown): Case<R2Bucket> => [
  title,
  async (bucket) => run(bucket, (await bucket.put("greetings/hello", "hello"))!),
  expected,
];

const key = "greetings/hello";

// What get answers under a condition: its text, "no body", or null.
const conditional = (
  title: string,
  onlyIf: (put: R2Object) => R2Conditional | Headers,
  expected: unknown,
): Case<R2Bucket> =>
  hello(
    `reads only if ${title}`,
    async (bucket, put) => {
      const found = await bucket.get(key, { onlyIf: onlyIf(put) });
      if (!found) return null;
      return "body" in found && found.body ? found.text() : "no body";
    },
    expected,
  );

const writing = (
  title: string,
  onlyIf: (put: R2Object) => R2Conditional | Headers,
  expected: unknown,
): Case<R2Bucket> =>
  hello(
    `writes only if ${title}`,
    async (bucket, put) => {
      const written = await bucket.put(key, "new", { onlyIf: onlyIf(put) });
      return [written?.size ?? null, await (await bucket.get(key))!.text()];
    },
    expected,
  );

const after = ({ uploaded }: R2Object, ms: number) => new Date(uploaded.getTime() + ms);

export const conditions: readonly Case<R2Bucket>[] = [
  conditional("the etag matches", ({ etag }) => ({ etagMatches: etag }), "hello"),
  conditional("another etag matches", () => ({ etagMatches: "other" }), "no body"),
  conditional("the etag does not match", ({ etag }) => ({ etagDoesNotMatch: etag }), "no body"),
  conditional("another etag does not match", () => ({ etagDoesNotMatch: "other" }), "hello"),
  conditional("any etag matches", () => ({ etagMatches: "*" }), "hello"),
  conditional(
    "an etag in quotes matches",
    ({ httpEtag }) => ({ etagMatches: httpEtag }),
    'TypeError: Conditional ETag should not be wrapped in quotes ("5d41402abc4b2a76b9719d911017c592").',
  ),
  conditional("uploaded before", (put) => ({ uploadedBefore: after(put, 1) }), "hello"),
  conditional("uploaded before its time", (put) => ({ uploadedBefore: after(put, 0) }), "no body"),
  conditional("uploaded after", (put) => ({ uploadedAfter: after(put, -1) }), "hello"),
  conditional("uploaded after its time", (put) => ({ uploadedAfter: after(put, 0) }), "no body"),
  conditional(
    "uploaded before its second",
    (put) => ({ uploadedBefore: after(put, 0), secondsGranularity: true }),
    "no body",
  ),
  conditional(
    "an etag or a time holds: matches, and before",
    (put) => ({ etagMatches: put.etag, uploadedBefore: after(put, -5000) }),
    "hello",
  ),
  conditional(
    "an etag or a time holds: not matches, and after",
    (put) => ({ etagDoesNotMatch: put.etag, uploadedAfter: after(put, -5000) }),
    "no body",
  ),
  conditional(
    "an etag or a time holds: differs, and after",
    (put) => ({ etagDoesNotMatch: "other", uploadedAfter: after(put, 5000) }),
    "hello",
  ),
  conditional("no condition is there", () => ({}), "hello"),
  conditional("If-Match", ({ httpEtag }) => new Headers({ "If-Match": httpEtag }), "hello"),
  conditional("If-Match of others", () => new Headers({ "If-Match": '"a", "b"' }), "no body"),
  conditional("If-Match of some", ({ httpEtag }) => new Headers({ "If-Match": `"a", ${httpEtag}` }), "hello"),
  conditional("If-Match of a weak etag", ({ httpEtag }) => new Headers({ "If-Match": `W/${httpEtag}` }), "no body"),
  conditional("If-None-Match", ({ httpEtag }) => new Headers({ "If-None-Match": httpEtag }), "no body"),
  conditional(
    "If-None-Match of a weak etag",
    ({ httpEtag }) => new Headers({ "If-None-Match": `W/${httpEtag}` }),
    "no body",
  ),
  conditional("If-None-Match of all", () => new Headers({ "If-None-Match": "*" }), "no body"),
  conditional(
    "If-Modified-Since",
    (put) => new Headers({ "If-Modified-Since": after(put, -5000).toUTCString() }),
    "hello",
  ),
  conditional(
    "If-Modified-Since now",
    (put) => new Headers({ "If-Modified-Since": after(put, 1000).toUTCString() }),
    "no body",
  ),
  conditional(
    "If-Unmodified-Since",
    (put) => new Headers({ "If-Unmodified-Since": after(put, 2000).toUTCString() }),
    "hello",
  ),
  conditional(
    "If-Unmodified-Since long ago",
    () => new Headers({ "If-Unmodified-Since": new Date(0).toUTCString() }),
    "no body",
  ),
  conditional(
    "an etag without quotes in a header",
    ({ etag }) => new Headers({ "If-Match": etag }),
    "Error: Invalid ETag in if-match header",
  ),
  [
    "reads nothing where nothing is, under a condition",
    (bucket) => bucket.get("none", { onlyIf: { etagMatches: "a" } }),
    null,
  ],
  writing("the etag matches", ({ etag }) => ({ etagMatches: etag }), [3, "new"]),
  writing("another etag matches", () => ({ etagMatches: "other" }), [null, "hello"]),
  writing("nothing is there", () => ({ etagDoesNotMatch: "*" }), [null, "hello"]),
  writing("nothing is there, by a header", () => new Headers({ "If-None-Match": "*" }), [null, "hello"]),
  [
    "writes only if nothing is there and nothing is",
    async (bucket) => (await bucket.put("a", "1", { onlyIf: new Headers({ "If-None-Match": "*" }) }))?.size,
    1,
  ],
  [
    "does not write only if something is there and nothing is",
    async (bucket) => bucket.put("a", "1", { onlyIf: { etagMatches: "a" } }),
    null,
  ],
  [
    "does not write only if uploaded after and nothing is",
    async (bucket) => bucket.put("a", "1", { onlyIf: { uploadedAfter: new Date(0) } }),
    null,
  ],
  [
    "writes only if uploaded before and nothing is",
    async (bucket) => (await bucket.put("a", "1", { onlyIf: { uploadedBefore: new Date(0) } }))?.size,
    1,
  ],
];
