import { expect, test } from "vitest";
import { Migration } from "../../decorators/migration.ts";
import { OnStart } from "../../decorators/on-start.ts";
import { LoomDO } from "../../src/base.ts";
import { migrationsOf, startsOf } from "../../src/migrate.ts";
import { thrownBy } from "../storage/inside.ts";

const stepsOf = (ctor: typeof Parent) => migrationsOf(ctor).map(({ version, name }) => `${version} ${String(name)}`);
const startNamesOf = (ctor: typeof Parent) => startsOf(ctor).map(({ name }) => String(name));

abstract class Base extends LoomDO {
  @Migration(1) first() {}
  @OnStart open() {}
}

class Parent extends Base {
  @Migration(20) late() {}
  @Migration(3) early() {}
  @OnStart() warm() {}
}

class Child extends Parent {
  @Migration(21) latest() {}
  @OnStart override open() {}
  @OnStart last() {}
}

class Sibling extends Parent {
  @Migration(21) another() {}
}

class Undecorated extends Parent {
  override early() {}
}

test("steps are in the order of their numbers, an abstract base's included", () => {
  expect(stepsOf(Parent)).toEqual(["1 first", "3 early", "20 late"]);
});

test("a subclass continues its parent's steps, and siblings do not see each other", () => {
  expect(stepsOf(Child)).toEqual(["1 first", "3 early", "20 late", "21 latest"]);
  expect(stepsOf(Sibling)).toEqual(["1 first", "3 early", "20 late", "21 another"]);
  expect(stepsOf(Undecorated)).toEqual(stepsOf(Parent));
});

test("start methods run ancestors first; an override runs once, in its parent's place", () => {
  expect(startNamesOf(Parent)).toEqual(["open", "warm"]);
  expect(startNamesOf(Child)).toEqual(["open", "warm", "last"]);
});

test("a redecorated step counts once, under the number of the most derived class", () => {
  class Renumbered extends Parent {
    @Migration(22) override late() {}
  }

  expect(stepsOf(Renumbered)).toEqual(["1 first", "3 early", "22 late"]);
});

test("private steps of a parent and of its child are two", () => {
  class Private extends Base {
    @Migration(2) #hidden() {}
    keep = () => this.#hidden();
  }
  class PrivateChild extends Private {
    @Migration(3) #hidden() {}
    keepMine = () => this.#hidden();
  }

  expect(stepsOf(PrivateChild as never)).toEqual(["1 first", "2 #hidden", "3 #hidden"]);
});

test("one number on two members of a class is refused, both named", () => {
  class Twice extends LoomDO {
    @Migration(1) one() {}
    @Migration(1) other() {}
  }

  expect(thrownBy(() => migrationsOf(Twice)).message).toBe(
    "GROVE-LOOM-080: Twice: @Migration(1) is on `one` and `other`. Give each step a number of its own.",
  );
});

test("a subclass that takes a number of its parent is refused, both named", () => {
  class Clash extends Parent {
    @Migration(3) clash() {}
  }

  expect(thrownBy(() => migrationsOf(Clash)).message).toBe(
    "GROVE-LOOM-080: Clash: @Migration(3) is on `early` and `clash`. Give each step a number of its own.",
  );
});

test("one member with two numbers is refused", () => {
  class Both extends LoomDO {
    @Migration(1) @Migration(2) step() {}
  }

  expect(thrownBy(() => migrationsOf(Both)).message).toBe(
    "GROVE-LOOM-080: Both: @Migration(2) and @Migration(1) are on `step`. Write a method for each step.",
  );
});

test.for([0, -1, 1.5, Number.NaN, 2 ** 53])("%d is no step's number", (version) => {
  const define = () => {
    class Wrong extends LoomDO {
      @Migration(version) step() {}
    }
    return Wrong;
  };

  expect(thrownBy(define).message).toBe(
    `GROVE-LOOM-080: @Migration step: the number is ${version}. Write a whole number from 1.`,
  );
});

test("a static method cannot be a step or a start", () => {
  const define = () => {
    class Wrong extends LoomDO {
      // @ts-expect-error no static member
      @OnStart static start() {}
    }
    return Wrong;
  };

  expect(thrownBy(define).message).toBe(
    "GROVE-LOOM-080: @OnStart start: static members belong to no object. Remove `static`.",
  );
});

test("the legacy emit of a compiler is refused", () => {
  expect(thrownBy(() => OnStart(Base.prototype as never, "open" as never)).message).toContain("experimentalDecorators");
});
