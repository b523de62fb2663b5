import { createMockDOEnv, createMockDOState, SimpleState, wake } from "loom-do/testing";
import { expectTypeOf, test } from "vitest";
import { LoomDO } from "../../src/base.ts";

interface Env {
  readonly OTHERS: DurableObjectNamespace<Other>;
  readonly KEY: string;
}

class Other extends LoomDO {
  add(by: number): number {
    return by;
  }
}

class Main extends LoomDO<unknown, Env> {
  greet(name: string): string {
    return name;
  }
}

test("what is called on a woken object has the class's types", () => {
  const object = wake(Main);

  expectTypeOf(object.call.greet("a")).resolves.toEqualTypeOf<string>();
  expectTypeOf(object.inside((instance) => instance.greet("a"))).resolves.toEqualTypeOf<string>();
  // @ts-expect-error: the argument is a string
  void object.call.greet(1);
  // @ts-expect-error: there is no such method
  void object.call.leave();
  // @ts-expect-error: no unit
  void object.advance("1 hour");
});

test("an env has a namespace for each class and everything else as it was", () => {
  const env = createMockDOEnv({ OTHERS: Other, KEY: "secret" });

  expectTypeOf(env.OTHERS).toEqualTypeOf<DurableObjectNamespace<Other>>();
  expectTypeOf(env.KEY).toEqualTypeOf<string>();
  expectTypeOf(env.OTHERS.getByName("a").add(1)).resolves.toEqualTypeOf<number>();
  wake(Main, { env, name: "a", now: "2030-01-01" });
  new Main(createMockDOState(), env);
  new Main(new SimpleState(), env);
});
