import type { Case } from "../cases.ts";

const hello = (title: string, run: (bucket: R2Bucket, put: R2Object) => unknown, expected: unknown): Case<R2Bucket> => [
  title,
  async (bucket) => run(bucket, (await bucket.put("greetings/hello", "hello"))!),
  expected,
];

const key = "greetings/hello";

const ranged = (title: string, range: R2Range | Headers, expected: unknown): Case<R2Bucket> =>
  hello(
    `reads ${title}`,
    async (bucket) => {
      const found = (await bucket.get(key, { range }))!;
      return [await found.text(), found.range, found.size];
    },
    expected,
  );

const header = (range: string) => new Headers({ Range: range });

const noRange = "Error: get: The requested range is not satisfiable (10039)";

export const ranges: readonly Case<R2Bucket>[] = [
  ranged("from an offset", { offset: 1 }, ["ello", { offset: 1, length: 4 }, 5]),
  ranged("a length", { length: 2 }, ["he", { offset: 0, length: 2 }, 5]),
  ranged("an offset and a length", { offset: 1, length: 2 }, ["el", { offset: 1, length: 2 }, 5]),
  ranged("a suffix", { suffix: 2 }, ["lo", { offset: 3, length: 2 }, 5]),
  ranged("more than there is", { offset: 3, length: 9 }, ["lo", { offset: 3, length: 2 }, 5]),
  ranged("a suffix longer than the object", { suffix: 9 }, ["hello", { offset: 0, length: 5 }, 5]),
  ranged("from an offset after the end", { offset: 6 }, noRange),
  ranged("from an offset at the end", { offset: 5 }, noRange),
  ranged("a length of 0", { length: 0 }, noRange),
  ranged("a suffix of 0", { suffix: 0 }, noRange),
  ranged(
    "a negative offset",
    { offset: -1 },
    "RangeError: Invalid range. Starting offset (-1) must be greater than or equal to 0.",
  ),
  ranged(
    "a suffix and an offset",
    { suffix: 1, offset: 1 } as R2Range,
    "TypeError: Suffix is incompatible with offset.",
  ),
  ranged("a range of a header", header("bytes=1-2"), ["el", { offset: 1, length: 2 }, 5]),
  ranged("an open range of a header", header("bytes=3-"), ["lo", { offset: 3, length: 2 }, 5]),
  ranged("a suffix of a header", header("bytes=-2"), ["lo", { offset: 3, length: 2 }, 5]),
  ranged("two ranges of a header", header("bytes=0-0,2-2"), ["hello", { offset: 0, length: 5 }, 5]),
  ranged("a range of a header after the end", header("bytes=9-"), ["hello", { offset: 0, length: 5 }, 5]),
  ranged("a header that is no range", header("lines=1-2"), ["hello", { offset: 0, length: 5 }, 5]),
  ranged("without a header", new Headers(), ["hello", { offset: 0, length: 5 }, 5]),
];
