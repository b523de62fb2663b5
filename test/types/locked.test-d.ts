import { expectTypeOf } from "vitest";
import {
  type KeyFunctionTakesOtherArguments,
  Locked,
  type ShareNeedsAKeyOfTheArguments,
} from "../../decorators/locked.ts";
import { LoomDO, type PromiseLockMap } from "../../src/index.ts";
import type { GoesOnAMethodOfALoomDO, TheMethodMustBeAsync } from "../../src/declare/wrapping-types.ts";

interface Env {
  readonly BUCKET: string;
}

export class Fits extends LoomDO<{ count: number }, Env> {
  @Locked async bare() {
    return 1;
  }

  @Locked() async called() {}

  @Locked("name") async named() {}

  @Locked({ timeout: "5s" }) async timed() {}

  @Locked((id: string) => `load:${id}`) async keyed(_id: string, _body: { readonly a: number }) {}

  @Locked((_id: string, body?: { a: number }) => `${body?.a}`) async keyedByAll(_id: string, _body?: { a: number }) {}

  @Locked(() => "constant") async keyedByNone(_id: string) {}

  @Locked((id) => `untyped:${String(id)}`, { mode: "queue", timeout: 500 }) async untyped(_id: number) {}

  @Locked("name", { mode: "queue" }) async queued(_id: string, ..._rest: number[]) {}

  @Locked({ mode: "reject" }) async rejecting(_id = "a") {}

  @Locked({ mode: "queue" }) async generic<Item>(item: Item): Promise<Item> {
    return item;
  }

  @Locked promising(): Promise<string> {
    return Promise.resolve("a");
  }

  @Locked async #hidden() {}

  hidden() {
    return this.#hidden();
  }
}

// The decorated method keeps its type.
expectTypeOf<Fits["bare"]>().toEqualTypeOf<() => Promise<number>>();
expectTypeOf<Fits["generic"]>().toEqualTypeOf<<Item>(item: Item) => Promise<Item>>();

export class Wrong extends LoomDO {
  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: a parameter
  @Locked async parameter(_id: string) {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: an optional parameter
  @Locked async optional(_id?: string) {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: a parameter with a default
  @Locked() async withDefault(_id = "a") {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: a rest parameter
  @Locked("name") async rest(..._ids: string[]) {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: share by name
  @Locked("name", { mode: "share" }) async named(_id: string) {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments: share in options
  @Locked({ timeout: "1s" }) async timed(_id: string) {}

  // @ts-expect-error -- TheMethodMustBeAsync
  @Locked sync() {
    return 1;
  }

  // @ts-expect-error -- TheMethodMustBeAsync
  @Locked({ mode: "queue" }) syncQueued(_id: string) {}

  // @ts-expect-error -- TheMethodMustBeAsync
  @Locked((id: string) => id) syncKeyed(_id: string) {}

  // @ts-expect-error -- KeyFunctionTakesOtherArguments: another type
  @Locked((id: number) => `${id}`) async otherType(_id: string) {}

  // @ts-expect-error -- KeyFunctionTakesOtherArguments: one that may be missing
  @Locked((id: string) => id) async mayBeMissing(_id?: string) {}

  // @ts-expect-error -- KeyFunctionTakesOtherArguments: one more than the method has
  @Locked((id: string, more: string) => id + more) async oneMore(_id: string) {}

  // @ts-expect-error -- a key that is no string
  @Locked((id: number) => id) async noString(_id: number) {}

  // @ts-expect-error -- GoesOnAMethodOfALoomDO: static
  @Locked static async onTheClass() {}

  // @ts-expect-error -- a field
  @Locked field = async () => {};

  // @ts-expect-error -- no such mode
  @Locked({ mode: "wait" }) async wait() {}

  // @ts-expect-error -- no length of time
  @Locked({ timeout: "soon" }) async soon() {}
}

export class Stranger {
  // @ts-expect-error -- GoesOnAMethodOfALoomDO
  @Locked async load() {}

  // @ts-expect-error -- GoesOnAMethodOfALoomDO
  @Locked({ mode: "queue" }) async queued() {}
}

// The compiler prints these names: "Decorator function return type 'ShareNeedsAKeyOfTheArguments' is not assignable…".
type Load = (id: string) => Promise<void>;
type On<This, Value extends (...args: any[]) => unknown> = ClassMethodDecoratorContext<This, Value>;
declare const load: Load;
declare const sync: (id: string) => void;

expectTypeOf(Locked(load, {} as On<Fits, Load>)).toEqualTypeOf<ShareNeedsAKeyOfTheArguments>();
expectTypeOf(Locked("name")(load, {} as On<Fits, Load>)).toEqualTypeOf<ShareNeedsAKeyOfTheArguments>();
expectTypeOf(
  Locked((id: number) => `${id}`)(load, {} as On<Fits, Load>),
).toEqualTypeOf<KeyFunctionTakesOtherArguments>();
expectTypeOf(Locked({ mode: "queue" })(sync, {} as On<Fits, typeof sync>)).toEqualTypeOf<TheMethodMustBeAsync>();
expectTypeOf(Locked({ mode: "queue" })(load, {} as On<Stranger, Load>)).toEqualTypeOf<GoesOnAMethodOfALoomDO>();

/** A class with type parameters of its own. */
export class Generic<Item extends object> extends LoomDO<Item, Env> {
  @Locked async all(): Promise<Item[]> {
    return [];
  }

  @Locked((item: unknown) => String(item), { mode: "queue" }) async put(_item: Item) {}

  // @ts-expect-error -- ShareNeedsAKeyOfTheArguments
  @Locked async take(item: Item) {
    return item;
  }
}

declare const locks: PromiseLockMap;

expectTypeOf(locks.withLock("a", () => 1)).toEqualTypeOf<Promise<number>>();
expectTypeOf(locks.withLock("a", async () => "a", { mode: "queue", timeout: "5s" })).toEqualTypeOf<Promise<string>>();
// @ts-expect-error -- a key is a string
void locks.withLock(1, () => 1);
