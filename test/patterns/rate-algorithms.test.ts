import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type FixedWindow,
  fixedWindow,
  leakyBucket,
  type RateState,
  type RateVerdict,
  type SlidingWindow,
  slidingWindow,
  tokenBucket,
  type TokenBucket,
} from "../../src/patterns/index.ts";

const began = Date.UTC(2030, 0, 1);

interface Step {
  /** What passes before this check. */
  readonly wait: number;
  /** By how much the clock is set back then. */
  readonly back: number;
}

/** Checks at random times, by a clock that now and then is set back. */
function stepsUpTo(wait: number, back = 0): fc.Arbitrary<Step[]> {
  const backs = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(back) });
  return fc.array(fc.record({ wait: fc.nat(wait), back: backs }), { minLength: 1, maxLength: 80 });
}

/** The true times of the checks that were allowed, and all verdicts. */
function run<State extends RateState>(
  steps: readonly Step[],
  check: (state: State | undefined, now: number) => RateVerdict<State>,
) {
  let [time, setBack] = [0, 0];
  let state: State | undefined;
  const checks = steps.map(({ wait, back }) => {
    time += wait;
    setBack += back;
    const verdict = check(state, began + time - setBack);
    state = verdict.state;
    return { time, ...verdict };
  });
  return { checks, allowed: checks.filter(({ allowed }) => allowed), state, now: began + time - setBack };
}

const window = 1_000;

test("a sliding window never allows more than the limit in any stretch of its length, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), stepsUpTo(600, 3_000), (limit, steps) => {
      const { allowed } = run<SlidingWindow>(steps, (state, now) => slidingWindow(state, { limit, window }, now));

      for (const { time: from } of allowed) {
        expect(allowed.filter(({ time }) => time >= from && time < from + window).length).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test("a sliding window of a high limit allows no more either, in a row of bounded size", () => {
  const steps = Array.from({ length: 6_000 }, (_, at) => ({ wait: at % 3 === 0 ? 1 : 0, back: 0 }));
  const limit = 500;
  const { allowed, state } = run<SlidingWindow>(steps, (held, now) => slidingWindow(held, { limit, window }, now));
  const times = allowed.map(({ time }) => time);

  expect(times.length).toBeGreaterThan(limit);
  expect(times.every((time, at) => at < limit || time - times[at - limit]! >= window)).toBe(true);
  expect(state!.hits.length).toBeLessThanOrEqual(130);
});

test("a sliding window allows what fits in the stretch before it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), stepsUpTo(600), (limit, steps) => {
      const { checks, allowed } = run<SlidingWindow>(steps, (state, now) =>
        slidingWindow(state, { limit, window }, now),
      );

      for (const [at, check] of checks.entries()) {
        const before = checks.slice(0, at).filter((one) => one.allowed && one.time > check.time - window);
        expect(check.allowed).toBe(before.length < limit);
      }
      expect(allowed.length).toBeGreaterThan(0);
    }),
  );
});

test("a fixed window never allows more than the limit, and the next begins no sooner than it ends", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), stepsUpTo(600, 3_000), (limit, steps) => {
      const { allowed } = run<FixedWindow>(steps, (state, now) => fixedWindow(state, { limit, window }, now));
      const starts = allowed.filter(({ count }) => count === 1).map(({ time }) => time);

      expect(Math.max(...allowed.map(({ count }) => count))).toBeLessThanOrEqual(limit);
      for (const [at, start] of starts.entries()) {
        const end = starts[at + 1] ?? Infinity;
        expect(end - start).toBeGreaterThanOrEqual(window);
        expect(
          allowed.filter(({ time, count }) => time >= start && time < end && count >= 1).length,
        ).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

const bucket = fc.record({ capacity: fc.integer({ min: 1, max: 20 }), refillRate: fc.integer({ min: 1, max: 50 }) });

test("a token bucket is refilled exactly", () => {
  const takes = fc.array(fc.record({ wait: fc.nat(700), tokens: fc.integer({ min: 1, max: 8 }) }), { minLength: 1 });
  fc.assert(
    fc.property(bucket, takes, ({ capacity, refillRate }, steps) => {
      let [now, thousandths] = [began, capacity * 1_000];
      let state: TokenBucket | undefined;
      for (const { wait, tokens } of steps) {
        now += wait;
        thousandths = Math.min(capacity * 1_000, thousandths + wait * refillRate);
        const verdict = tokenBucket(state, { capacity, refillRate, tokens }, now);

        expect(verdict.allowed).toBe(thousandths >= tokens * 1_000);
        if (verdict.allowed) thousandths -= tokens * 1_000;
        expect(verdict.remaining).toBe(Math.floor(thousandths / 1_000));
        state = verdict.state;
      }
    }),
  );
});

test("a token bucket that is asked every millisecond loses no fraction", () => {
  const limit = { capacity: 5, refillRate: 0.1 };
  let state: TokenBucket | undefined;
  const allowedAt: number[] = [];
  for (let at = 0; at <= 100_000; at++) {
    const verdict = tokenBucket(state, limit, began + at);
    if (verdict.allowed) allowedAt.push(at);
    state = verdict.state;
  }
  expect(allowedAt).toEqual([0, 1, 2, 3, 4, ...Array.from({ length: 10 }, (_, at) => (at + 1) * 10_000)]);
});

test("a token bucket never gives more than it holds and what came back, whatever the clock does", () => {
  fc.assert(
    fc.property(bucket, stepsUpTo(600, 5_000), (limit, steps) => {
      const { allowed } = run<TokenBucket>(steps, (state, now) => tokenBucket(state, limit, now));

      for (const [from, { time: start }] of allowed.entries()) {
        for (const [to, { time: end }] of allowed.entries()) {
          if (to < from) continue;
          const most = limit.capacity + ((end - start) * limit.refillRate) / 1_000;
          expect(to - from + 1).toBeLessThanOrEqual(most + 1e-9);
        }
      }
    }),
  );
});

type Any = (state: unknown, now: number) => RateVerdict<RateState>;

const algorithms: [string, number, Any][] = [
  ["fixed window", 2 * window, (state, now) => fixedWindow(state as never, { limit: 3, window }, now)],
  ["sliding window", 2 * window + 8, (state, now) => slidingWindow(state as never, { limit: 3, window }, now)],
  ["wide sliding window", 2 * window + 16, (state, now) => slidingWindow(state as never, { limit: 200, window }, now)],
  ["token bucket", 2 * window, (state, now) => tokenBucket(state as never, { capacity: 3, refillRate: 3 }, now)],
  ["slow bucket", 20_000, (state, now) => tokenBucket(state as never, { capacity: 3, refillRate: 1 / 3 }, now)],
  ["leaky bucket", 2 * window, (state, now) => leakyBucket(state as never, { capacity: 3, leakRate: 3 }, now)],
];

test.each(algorithms)(
  "a %s: what is denied is allowed after retryAfter, and not a millisecond before",
  (_, _long, check) => {
    fc.assert(
      fc.property(stepsUpTo(200, 5_000), (steps) => {
        const { state: before, now } = run(steps, check as never);
        let verdict = check(before, now);
        while (verdict.allowed) verdict = check(verdict.state, now);
        const { state, retryAfter } = verdict;

        expect(check(state, now + retryAfter).allowed).toBe(true);
        expect(check(state, now + retryAfter - 1).allowed).toBe(false);
      }),
    );
  },
);

test.each(algorithms)(
  "a %s is as new at resetAt, and soon after a clock that was set back by a year",
  (_, long, check) => {
    fc.assert(
      fc.property(stepsUpTo(200, 5_000), (steps) => {
        const { checks, state } = run(steps, check as never);
        const fresh = check(undefined, began).remaining;
        const { resetAt } = checks.at(-1)!;
        const year = resetAt - 365 * 86_400_000;
        const later = check(check(state, year).state, year + long);

        expect(check(state, resetAt).remaining).toBe(fresh);
        expect(later.remaining).toBe(fresh);
      }),
    );
  },
);

test.each([
  ["fixed window", fixedWindow(undefined, { limit: 0, window }, began)],
  ["sliding window", slidingWindow(undefined, { limit: 0, window }, began)],
  ["token bucket", tokenBucket(undefined, { capacity: 0, refillRate: 1 }, began)],
  ["leaky bucket", leakyBucket(undefined, { capacity: 0, leakRate: 1 }, began)],
])("a %s of a limit of 0 denies and keeps nothing", (_, verdict) => {
  expect(verdict).toMatchObject({ allowed: false, limit: 0, count: 0, remaining: 0, state: undefined });
  expect(verdict.retryAfter).toBeGreaterThan(0);
});

test("a bucket takes over what was used when its limit changes", () => {
  const { state } = tokenBucket(undefined, { capacity: 100, refillRate: 10, tokens: 90 }, began);

  expect(tokenBucket(state, { capacity: 200, refillRate: 10 }, began).remaining).toBe(109);
  expect(tokenBucket(state, { capacity: 10, refillRate: 1 }, began)).toMatchObject({
    allowed: false,
    retryAfter: 1_000,
  });
  expect(tokenBucket(state, { capacity: 100, refillRate: 1 }, began + 1_000)).toMatchObject({ remaining: 19 });
});

test("a clock that is set back takes nothing out of a bucket that had filled up in part", () => {
  const limit = { capacity: 10, refillRate: 10 };
  const { state } = tokenBucket(undefined, { ...limit, tokens: 5 }, began);
  const later = tokenBucket(state, limit, began + 400);

  expect(later.remaining).toBe(8);
  expect(tokenBucket(later.state, limit, began).remaining).toBe(7);
});

test("whatever the rate, a bucket knows the millisecond at which it has enough again", () => {
  const rates = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), rates, (capacity, refillRate) => {
      const all = { capacity, refillRate, tokens: capacity };
      const { state, resetAt } = tokenBucket(undefined, all, began);
      const { retryAfter } = tokenBucket(state, all, began);

      expect(began + retryAfter).toBe(resetAt);
      expect(tokenBucket(state, all, resetAt).allowed).toBe(true);
      expect(tokenBucket(state, all, resetAt - 1).allowed).toBe(false);
    }),
    {
      numRuns: 2_000,
      examples: [
        [565, 1.13],
        [216, 3.1999999999999997],
      ],
    },
  );
});

test("a leaky bucket says how long to wait for an even pace", () => {
  let state: TokenBucket | undefined;
  const delays = [0, 0, 0, 250, 10].map((_, at, waits) => {
    const now = began + waits.slice(0, at + 1).reduce((sum, one) => sum + one, 0);
    const verdict = leakyBucket(state, { capacity: 3, leakRate: 4 }, now);
    state = verdict.state;
    return [verdict.allowed, verdict.delay];
  });

  expect(delays).toEqual([
    [true, 0],
    [true, 250],
    [true, 500],
    [true, 500],
    [false, 240],
  ]);
});
