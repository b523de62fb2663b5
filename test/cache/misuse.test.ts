import { expect, test } from "vitest";
import { Cached } from "../../decorators/cached.ts";
import { LoomDO } from "../../src/base.ts";

test("@Cached without a time to live is refused, bare and called", () => {
  const refusal = '@Cached: say how long a result is fresh. Write `@Cached("5m")`.';

  expect(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- no time to live
      @Cached async config() {}
    }
    return Wrong;
  }).toThrow(refusal);
  expect(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- no time to live
      @Cached() async config() {}
    }
    return Wrong;
  }).toThrow(refusal);
});

test("a time to live that is no length of time is refused", () => {
  expect(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- no length of time
      @Cached("soon") async config() {}
    }
    return Wrong;
  }).toThrow("@Cached config: soon is not a length of time.");
});

test("`max` is a whole number from 1", () => {
  const define = (max: number) => () => {
    class Wrong extends LoomDO {
      @Cached("5m", { max }) async config() {}
    }
    return Wrong;
  };

  expect(define(0)).toThrow("@Cached config: `max` is 0. Write a whole number from 1.");
  expect(define(NaN)).toThrow("@Cached config: `max` is NaN. Write a whole number from 1.");
});

test("@Cached on anything but an instance's method is refused", () => {
  expect(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- static
      @Cached("5m") static async config() {}
    }
    return Wrong;
  }).toThrow("@Cached config: static members belong to no object. Remove `static`.");
});

test("@Cached compiled as a legacy decorator is refused", () => {
  const legacy = Cached("5m") as unknown as (prototype: object, name: string, descriptor: object) => void;

  expect(() => legacy({}, "config", {})).toThrow("@Cached was compiled as a legacy decorator.");
});
