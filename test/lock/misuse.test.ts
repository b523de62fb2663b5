import { expect, test } from "vitest";
import { Locked } from "../../decorators/locked.ts";
import { LoomDO } from "../../src/base.ts";
import { blueprintOf } from "../../src/blueprint.ts";

const definition = (define: () => unknown) => expect(define);
const takesArguments =
  "callers with different arguments would share one result. " +
  'Write `@Locked((id: string) => …)`, or `@Locked({ mode: "queue" })`.';

test("sharing a method with arguments is refused where the class is defined", () => {
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- ShareNeedsAKeyOfTheArguments
      @Locked async load(_id: string) {}
    }
    return Wrong;
  }).toThrow(`@Locked load: ${takesArguments}`);
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- ShareNeedsAKeyOfTheArguments
      @Locked("name", { timeout: "1s" }) async load(_id: string) {}
    }
    return Wrong;
  }).toThrow(`@Locked load: ${takesArguments}`);
});

test("an undecorated override that takes arguments is refused before the object is made", () => {
  class Parent extends LoomDO {
    @Locked async load() {}
  }
  class Child extends Parent {
    override async load(_id?: string) {}
  }

  expect(() => blueprintOf(Child)).toThrow(`@Locked load: ${takesArguments}`);
});

test("an unknown mode and a timeout that is no length of time are refused", () => {
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- no such mode
      @Locked({ mode: "wait" }) async load() {}
    }
    return Wrong;
  }).toThrow('@Locked load: mode is "wait". Write "share", "queue" or "reject".');
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- no length of time
      @Locked({ timeout: "soon" }) async load() {}
    }
    return Wrong;
  }).toThrow("@Locked load: soon is not a length of time.");
});

test("@Locked on anything but an instance's method is refused", () => {
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- static
      @Locked static async load() {}
    }
    return Wrong;
  }).toThrow("@Locked load: static members belong to no object. Remove `static`.");
  definition(() => {
    class Wrong extends LoomDO {
      // @ts-expect-error -- an accessor
      @Locked accessor load = 1;
    }
    return Wrong;
  }).toThrow("@Locked load is on an accessor: it goes on a method.");
});

test("@Locked compiled as a legacy decorator is refused, bare and called", () => {
  const [bare, called] = [Locked, Locked("a")] as unknown as [typeof legacy, typeof legacy];
  const legacy = (decorator: (prototype: object, name: string, descriptor: object) => void) => () =>
    decorator({}, "load", { value: async () => {} });

  const refusal = '@Locked was compiled as a legacy decorator. Remove "experimentalDecorators" from tsconfig.json.';
  expect(legacy(bare as never)).toThrow(refusal);
  expect(legacy(called as never)).toThrow(refusal);
});
