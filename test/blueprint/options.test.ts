import { expect, test } from "vitest";
import { Loom } from "../../decorators/loom.ts";
import { Persisted } from "../../decorators/persisted.ts";
import { Rpc } from "../../decorators/rpc.ts";
import { LoomDO } from "../../src/base.ts";
import { blueprintOf } from "../../src/blueprint.ts";
import { isRepeatable } from "../../src/rpc.ts";

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
/** The prototype of a class whose declarations have been compiled. */
const compiled = <Class extends typeof Base>(ctor: Class): Base => (blueprintOf(ctor), ctor.prototype);
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

class NoLongerRepeated extends Base {
  @Rpc override repeated(): void {}
}

class Shown extends LoomDO {
  @Persisted({ expose: true }) accessor title = "";
}

class Unshown extends Shown {
  @Persisted({ key: "unshown" }) override accessor title = "";
  @Persisted({ key: "title" }) accessor legacy = "";
}

test("an override that says @Rpc anew is repeatable only if it says so itself", () => {
  expect(isRepeatable(Base.prototype.repeated)).toBe(true);
  expect(compiled(Undecorated).repeated).toSatisfy(isRepeatable);
  expect(compiled(NoLongerRepeated).repeated).not.toSatisfy(isRepeatable);
});

test("a class that a tool puts over another under its name keeps the name of its @Loom", () => {
  const named = (parent: typeof Child | typeof Sibling, name: string) =>
    Object.defineProperty(class extends parent {}, "name", { value: name });

  expect(optionsOf(named(Child, "Child"))).toMatchObject({ name: "child" });
  expect(optionsOf(named(Sibling, "Sibling"))).toMatchObject({ name: "Sibling" });
  expect(optionsOf(named(Child, "Grandchild"))).toMatchObject({ name: "Grandchild" });
});

test("a field declared anew under another key is the only one of its name, exposed or not as it says", () => {
  expect(openIn(Unshown)).toEqual([]);
  expect([...blueprintOf(Unshown).fields].map(([key, { name }]) => [key, name])).toEqual([
    ["unshown", "title"],
    ["title", "legacy"],
  ]);
});

@Loom({ rpc: "declared" })
class OddlyNamed extends LoomDO {
  ["__proto__"](): void {}
  ["constructor2"](): void {}
}

test("a member that is called like one of Object's is hidden like any other", () => {
  expect(Object.keys(blueprintOf(OddlyNamed).surface.hidden)).toEqual(
    expect.arrayContaining(["__proto__", "constructor2"]),
  );
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
