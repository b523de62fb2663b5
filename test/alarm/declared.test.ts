import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { Alarm } from "../../decorators/alarm.ts";
import { alarmTargetsOf } from "../../src/alarm/declared.ts";
import { LoomDO } from "../../src/base.ts";
import type { Alarmed } from "../fixtures/alarm.ts";
import { thrownBy } from "../storage/inside.ts";
import { failureOf } from "../support/failure.ts";
import { objectOf } from "../support.ts";

const namesOf = (ctor: typeof Parent) => alarmTargetsOf(ctor).map(({ name }) => name);

class Parent extends LoomDO {
  @Alarm("a") first() {}
  @Alarm("b") second() {}
  override onAlarm() {}
}

class Child extends Parent {
  @Alarm("c") override first() {}
  @Alarm("b") other() {}
  @Alarm() unnamed() {}
}

class Silent extends Parent {
  override second() {}
}

test("a subclass keeps its parent's alarms; of a member and of a name the most derived declaration wins", () => {
  expect(namesOf(Parent)).toEqual(["", "a", "b"]);
  expect(namesOf(Child)).toEqual(["", "b", "c"]);
  expect(namesOf(Silent)).toEqual(["", "a", "b"]);
});

test("the bare form and the called one make the unnamed alarm", () => {
  class Bare extends LoomDO {
    @Alarm run() {}
  }
  class Called extends LoomDO {
    @Alarm({ retries: 1 }) run() {}
  }

  expect(alarmTargetsOf(Bare)).toMatchObject([{ name: "" }]);
  expect(alarmTargetsOf(Called)).toMatchObject([{ name: "", policy: { retries: 1 } }]);
});

test.for([
  [
    "two alarms of one name",
    () => {
      class Twice extends LoomDO {
        @Alarm("a") one() {}
        @Alarm("a") two() {}
      }
      return alarmTargetsOf(Twice);
    },
    'Twice: @Alarm one and @Alarm two are both called "a". Give one a name of its own.',
  ],
  [
    "onAlarm beside @Alarm()",
    () => {
      class Both extends LoomDO {
        override onAlarm() {}
        @Alarm() run() {}
      }
      return alarmTargetsOf(Both);
    },
    "Both: `onAlarm()` and @Alarm run are both the unnamed alarm. Give one a name of its own.",
  ],
  [
    "one member twice",
    () => {
      class Doubled extends LoomDO {
        @Alarm("a") @Alarm("b") run() {}
      }
      return alarmTargetsOf(Doubled);
    },
    "Doubled: `run` is under @Alarm twice. Remove one.",
  ],
  [
    "a name of Loom's",
    () => Alarm("loom:x")(...placed("run")),
    "@Alarm run: names from `loom:` on are Loom's own. Choose another.",
  ],
  [
    "a name with a line break",
    () => Alarm("a\nb")(...placed("run")),
    "@Alarm run: the name has a line break in it. Write one line.",
  ],
  [
    "a timeout that the platform does not allow",
    () => Alarm("a", { timeout: "15m" })(...placed("run")),
    '@Alarm run: timeout is 15m. Write more than 0 and at most `"14m"`: the platform allows 15.',
  ],
  [
    "retries that are no number of tries",
    () => Alarm("a", { retries: -1 })(...placed("run")),
    "@Alarm run: retries is -1. Write a whole number from 0.",
  ],
  [
    "tries without end and without a wait between them",
    () => Alarm("a", { retries: Infinity, backoff: 0 })(...placed("run")),
    "@Alarm run: `retries: Infinity` without a wait would try for ever, all the time. Give it a backoff.",
  ],
  [
    "a backoff that is no time",
    () => Alarm("a", { backoff: "soon" as never })(...placed("run")),
    '@Alarm run: soon is not a length of time. Write milliseconds, or `"5m"`.',
  ],
] as const)("%s is refused", ([, work, message]) => {
  expect(thrownBy(work).message).toBe(`GROVE-LOOM-080: ${message}`);
});

/** What a compiler calls a decorator with. */
function placed(name: string) {
  const context = { kind: "method", name, static: false, private: false, metadata: {}, addInitializer: () => {} };
  return [() => {}, context] as never as [never, never];
}

test("an alarm's method is not reachable over RPC", async () => {
  const stub = objectOf<Alarmed>("Alarmed");

  const error = await failureOf(stub.greet("x", undefined as never) as unknown as Promise<unknown>);

  expect(String(error)).toContain('does not implement the method "greet"');
  await runInDurableObject(stub, (object: Alarmed) => expect(object.runs).toEqual([]));
});
