import { expect, test } from "vitest";
import { Loom } from "../../decorators/loom.ts";
import { Rpc } from "../../decorators/rpc.ts";
import { LoomDO } from "../../src/base.ts";
import { blueprintOf } from "../../src/blueprint.ts";

@Loom({ name: "base", rpc: "declared", maxBody: 10, log: { level: "warn" } })
abstract class Base extends LoomDO {
  @Rpc listed(): void {}
  @Rpc({ idempotent: true }) repeated(): void {}
  unlisted(): void {}
}

class Undecorated extends Base {
  override unlisted(): void {}
  override repeated(): void {}
}

@Loom({ name: "child", maxBody: 20 })
class Child extends Base {
  @Rpc override unlisted(): void {}
}

class Sibling extends Base {
  @Rpc own(): void {}
}

const optionsOf = (ctor: Parameters<typeof blueprintOf>[0]) => blueprintOf(ctor).options;
const openIn = (ctor: Parameters<typeof blueprintOf>[0]) => [...blueprintOf(ctor).surface.open].toSorted();

test("an undecorated subclass of an abstract base has its options, under a name of its own", () => {
  expect(optionsOf(Undecorated)).toEqual({ name: "Undecorated", rpc: "declared", maxBody: 10, log: { level: "warn" } });
});

test("a subclass's own options replace its parent's one by one, and its siblings' not at all", () => {
  expect(optionsOf(Child)).toEqual({ name: "child", rpc: "declared", maxBody: 20, log: { level: "warn" } });
  expect(optionsOf(Sibling)).toMatchObject({ name: "Sibling", maxBody: 10 });
});

test("what @Rpc declares is callable in subclasses, overrides included, and not in siblings", () => {
  expect(openIn(Undecorated)).toEqual(["listed", "repeated"]);
  expect(openIn(Child)).toEqual(["listed", "repeated", "unlisted"]);
  expect(openIn(Sibling)).toEqual(["listed", "own", "repeated"]);
});

test("a blueprint is compiled once a class, and never shared with a subclass", () => {
  expect(blueprintOf(Child)).toBe(blueprintOf(Child));
  expect(blueprintOf(Undecorated)).not.toBe(blueprintOf(Base));
});

test("other tools read the declarations under public keys", () => {
  const metadata = (Child as unknown as Record<symbol, object>)[Symbol.for("Symbol.metadata")]!;

  expect(Reflect.getOwnMetadata("loom:rpc", metadata)).toMatchObject([{ name: "unlisted" }]);
  expect(Reflect.getOwnMetadata("loom:options", metadata)).toEqual([{ name: "child", maxBody: 20 }]);
});
