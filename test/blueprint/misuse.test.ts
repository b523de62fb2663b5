import { describe, expect, test } from "vitest";
import { Cached } from "../../decorators/cached.ts";
import { Locked } from "../../decorators/locked.ts";
import { Loom } from "../../decorators/loom.ts";
import { Migration } from "../../decorators/migration.ts";
import { OnStart } from "../../decorators/on-start.ts";
import { Persisted } from "../../decorators/persisted.ts";
import { Route } from "../../decorators/route.ts";
import { Rpc } from "../../decorators/rpc.ts";
import { Use } from "../../decorators/use.ts";
import { LoomDO } from "../../src/base.ts";
import { blueprintOf } from "../../src/blueprint.ts";

/** What decorators look like to code that types did not check. */
type Unchecked = (...args: unknown[]) => (...args: unknown[]) => unknown;

const loose = (decorator: unknown) => decorator as Unchecked;
const onMember = [
  ["@Route", loose(Route)("GET", "/x"), "method"],
  ["@Use", loose(Use)(() => new Response()), "method"],
  ["@Rpc", loose(Rpc)(), "method"],
  ["@Persisted", loose(Persisted)({}), "accessor"],
  ["@Migration", loose(Migration)(1), "method"],
  ["@OnStart", loose(OnStart)(), "method"],
  ["@Locked", loose(Locked)("name"), "method"],
  ["@Cached", loose(Cached)("5m"), "method"],
] as const;

const placed = {
  kind: "method",
  name: "member",
  static: false,
  private: false,
  metadata: {},
  access: {},
  addInitializer() {},
};

describe.each(onMember)("%s", (name, decorate, kind) => {
  test("says that a static member belongs to no object", () => {
    expect(() => decorate(() => {}, { ...placed, kind, static: true })).toThrow(
      `${name} member: static members belong to no object. Remove \`static\`.`,
    );
  });

  test("says that experimentalDecorators must go", () => {
    expect(() => decorate({}, "member", { value() {} })).toThrow(
      `${name} was compiled as a legacy decorator. Remove "experimentalDecorators" from tsconfig.json.`,
    );
  });

  test("says what it goes on", () => {
    expect(() => decorate(undefined, { ...placed, kind: "getter" })).toThrow(
      `${name} member is on a getter: it goes on ${kind === "accessor" ? "an accessor" : "a method"}.`,
    );
  });

  test.each(["log", "alarms", "sockets", "locks", "cache", "sql", "store", "batches", "state_data"])(
    "refuses the name of a tool: %s",
    (tool) => {
      expect(() => decorate(() => {}, { ...placed, kind, name: tool })).toThrow(
        `${name} ${tool}: \`this.${tool}\` is one of the object's tools. Give the member another name.`,
      );
    },
  );

  test("says at the first construction that the class does not extend LoomDO", () => {
    const initializers: ((this: object) => void)[] = [];
    const addInitializer = (initializer: (this: object) => void) => initializers.push(initializer);
    decorate(async () => {}, { ...placed, kind, addInitializer });

    expect(() => initializers.forEach((initializer) => initializer.call({}))).toThrow(
      `${name} member: the class does not extend LoomDO. Write \`class … extends LoomDO\`.`,
    );
  });
});

/** Compiles a class's declarations, as its first construction does. */
const compile = (ctor: abstract new (...args: never) => object) => () => blueprintOf(ctor);

test("@Persisted on a plain field says to write accessor", () => {
  expect(() => loose(Persisted)()(undefined, { ...placed, kind: "field", name: "count" })).toThrow(
    "@Persisted cannot track the plain field `count`: assignments to a field are invisible. Write `@Persisted accessor count`.",
  );
});

test("@Persisted on a symbol, or with an empty key, asks for one", () => {
  expect(() => loose(Persisted)()({}, { ...placed, kind: "accessor", name: Symbol("secret") })).toThrow(
    '@Persisted Symbol(secret) has no storage key. Write `@Persisted({ key: "…" })`.',
  );
  expect(() => loose(Persisted)({ key: "" })({}, { ...placed, kind: "accessor" })).toThrow(
    '@Persisted member has no storage key. Write `@Persisted({ key: "…" })`.',
  );
});

test("@Persisted refuses the one key that no object can hold", () => {
  expect(() => loose(Persisted)({ key: "__proto__" })({}, { ...placed, kind: "accessor" })).toThrow(
    "@Persisted member: no object can hold the key __proto__. Write another.",
  );
});

test("@Persisted refuses a version that is no whole number", () => {
  expect(() => loose(Persisted)({ version: 1.5 })({}, { ...placed, kind: "accessor" })).toThrow(
    "@Persisted member: version 1.5 is not a whole number from 1. Count 1, 2, 3.",
  );
});

test("@Loom refuses an unknown rpc mode and a negative limit", () => {
  const context = { kind: "class", name: "Counter", metadata: {} };
  class Counter extends LoomDO {}

  expect(() => loose(Loom)({ rpc: "all" })(Counter, context)).toThrow(
    '@Loom Counter: rpc is "all". Write "public" or "declared".',
  );
  expect(() => loose(Loom)({ maxBody: -1 })(Counter, context)).toThrow(
    "@Loom Counter: maxBody is -1. Write a number of bytes, or Infinity.",
  );
});

test.each([
  ["@Route", Route, '@Route("GET", "/path")'],
  ["@Migration", Migration, "@Migration(1)"],
  ["@Use", Use, "@Use((ctx, next) => next())"],
  ["@Loom", Loom, '@Loom({ name: "…" })'],
])("%s written bare says what to write", (name, decorator, example) => {
  expect(() => loose(decorator)(() => {}, placed)).toThrow(`${name} needs arguments. Write \`${example}\`.`);
});

test("@Loom on a class that does not extend LoomDO, and in the legacy emit, says so", () => {
  const decorate = loose(Loom)({ name: "x" });

  expect(() => decorate(class {}, { kind: "class", name: "Foreign", metadata: {} })).toThrow(
    "@Loom Foreign: the class does not extend LoomDO. Write `class Foreign extends LoomDO`.",
  );
  expect(() => decorate(class {})).toThrow(
    '@Loom was compiled as a legacy decorator. Remove "experimentalDecorators" from tsconfig.json.',
  );
});

test("@Loom on a member says that it goes on a class", () => {
  expect(() => loose(Loom)({})(() => {}, placed)).toThrow("@Loom goes on a class.");
});

test("a member that takes a tool's name without a decorator is refused at the first construction", () => {
  class Taken extends LoomDO {}
  Object.defineProperty(Taken.prototype, "alarms", { value() {} });

  expect(compile(Taken)).toThrow(
    "Taken alarms: `this.alarms` is one of the object's tools. Give the member another name.",
  );
});

test("two fields under one key are refused, and both named", () => {
  class Twice extends LoomDO {
    @Persisted accessor one = 1;
    @Persisted({ key: "one" }) accessor two = 2;
  }

  expect(compile(Twice)).toThrow(
    '@Persisted one and @Persisted two are both stored under "one". Give one a `key` of its own.',
  );
});

test("a member that is declared twice is refused, and named", () => {
  class Fields extends LoomDO {
    @Persisted({ key: "other" }) @Persisted accessor one = 1;
  }
  class Methods extends LoomDO {
    @Rpc @Rpc({ idempotent: true }) work(): void {}
  }

  expect(compile(Fields)).toThrow("Fields: `one` is under @Persisted twice. Write it once, with all its options.");
  expect(compile(Methods)).toThrow("Methods: `work` is under @Rpc twice. Write it once, with all its options.");
});

test("a field of a class that does not extend LoomDO says so when it is made", () => {
  class Foreign {
    // @ts-expect-error -- the types say so too
    @Persisted accessor count = 0;
  }

  expect(() => new Foreign()).toThrow(
    "@Persisted count: the class does not extend LoomDO. Write `class … extends LoomDO`.",
  );
});

test("an undecorated accessor in a field's place is refused, and a getter is not", () => {
  class Parent extends LoomDO {
    @Persisted accessor theme = "light";
  }
  class Forgetful extends Parent {
    override accessor theme = "dark";
  }
  class Reading extends Parent {
    override get theme() {
      return `${super.theme}!`;
    }
  }

  expect(compile(Forgetful)).toThrow(
    "Forgetful: `theme` overrides a @Persisted accessor and would not be saved. " +
      "Write `@Persisted override accessor theme`, or give it another name.",
  );
  expect(compile(Reading)).not.toThrow();
});

test("a private field of a parent and one of its child do not share a key", () => {
  class Parent extends LoomDO {
    @Persisted accessor #secret = 1;
    both() {
      return this.#secret;
    }
  }
  class Child extends Parent {
    @Persisted accessor #secret = 2;
    mine() {
      return this.#secret;
    }
  }

  expect(compile(Parent)).not.toThrow();
  expect(compile(Child)).toThrow('@Persisted #secret and @Persisted #secret are both stored under "#secret"');
});

test("a class with schema() and migrations is refused", () => {
  class Both extends LoomDO {
    protected override schema() {
      return "";
    }
    @Migration(1) create(): void {}
  }

  expect(compile(Both)).toThrow(
    "Both: a class has either `schema()` or @Migration steps. Move the schema into @Migration(1).",
  );
});
