import fc from "fast-check";
import { expect, test } from "vitest";
import { Attempts, delayOf } from "../../../src/client/backoff.ts";
import { Sequence } from "../../../src/client/sequence.ts";
import { numbered, unnumbered } from "../../../src/websocket/numbered.ts";

const document = { first: 1_000, longest: 30_000 };

test.for([
  [0, 0, 0],
  [1, 500, 1_000],
  [2, 1_000, 2_000],
  [3, 2_000, 4_000],
  [5, 8_000, 16_000],
  [6, 15_000, 30_000],
  [5_000, 15_000, 30_000],
] as const)("attempt %i waits %i to %i ms", ([attempt, least, most]) => {
  expect(delayOf(attempt, document, 0)).toBe(most);
  expect(delayOf(attempt, document, 1)).toBe(least);
  expect(delayOf(attempt, document)).toBeGreaterThanOrEqual(least);
  expect(delayOf(attempt, document)).toBeLessThanOrEqual(most);
});

test("the waits double until a connection held, and then begin anew", () => {
  const attempts = new Attempts({ first: 1_000, longest: 30_000 });
  const [soon, later] = [expect.toSatisfy((wait) => wait <= 1_000), expect.toSatisfy((wait) => wait >= 4_000)];

  expect(attempts.next(0)).toBe(0);
  for (let made = 0; made < 4; made += 1) attempts.next(4_999);
  expect(attempts.next(4_999)).toEqual(later);
  expect(attempts.next(5_000)).toEqual(soon);
});

const message = fc.dictionary(fc.string(), fc.jsonValue()).map((rest) => JSON.stringify({ type: "say", ...rest }));

test("a number is put on a message and taken off again", () => {
  fc.assert(
    fc.property(message, fc.nat(), (text, number) => {
      const sent = numbered(text, number);

      expect(JSON.parse(sent)).toEqual({ ...JSON.parse(text), "loom:n": number });
      expect(unnumbered(sent)).toEqual({ text, number });
    }),
  );
});

test("a text without a number is left as it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(unnumbered(text)).toEqual({ text });
    }),
  );
});

test.for([
  '{"text":",\\"loom:n\\":5}"}',
  '{"type":"say","loom:n":"5"}',
  '{"type":"say","loom:n":-5}',
  '{"type":"say","loom:n":5,"text":""}',
  ',"loom:n":5',
])("%s has no number", (text) => {
  expect(unnumbered(text)).toEqual({ text });
});

test("what arrives while what was missed is asked for does not count before it has arrived", () => {
  const sequence = new Sequence(3);

  sequence.saw(4);
  sequence.begin(true);
  sequence.saw(9);
  sequence.saw(5);
  sequence.saw("10");
  expect(sequence.last).toBe(4);
  sequence.release();
  expect(sequence.last).toBe(9);
});

test("what was missed is still missing if the connection breaks again", () => {
  const sequence = new Sequence(3);

  sequence.begin(true);
  sequence.saw(9);
  sequence.begin(false);
  sequence.saw(4);

  expect(sequence.last).toBe(4);
});
