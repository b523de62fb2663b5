import { misuse } from "../src/errors.ts";
import { brand } from "../src/metadata.ts";
import { checkCalled, checkPlacement, notLoom } from "../src/declare/placement.ts";
import type { Middleware } from "../src/http/route-types.ts";
import { middleware as registry } from "../src/http/routes.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

// `any`: a decorator's context asks for a method of any arguments; which ones is the business of what calls it.
type Method<This> = (this: This, ...args: any) => any;

/** Where @Use goes: on a class, for everything it answers, or on a method that is a route. */
export interface UseDecorator {
  <Class extends abstract new (...args: never) => AnyLoomDO>(value: Class, context: ClassDecoratorContext<Class>): void;
  <This extends AnyLoomDO, Value extends Method<This>>(
    value: Value,
    context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
  ): void;
}

/**
 * Puts `middleware` around the routes of a method, or around everything a class answers, its 404 and 405 included.
 *
 * The topmost is the outermost, a parent class's is outside its subclass's, and an override keeps its parent's.
 *
 * @example
 * ```ts
 * @Use(cors({ origin: "https://grove.place" }))
 * export class TenantDO extends LoomDO {
 *   @Use(bearer({ token: ({ env }) => env.ADMIN_TOKEN }))
 *   @Route("DELETE", "/drafts") clear() { this.drafts.clear(); }
 * }
 * ```
 */
export function Use(middleware: Middleware, ...bare: readonly never[]): UseDecorator {
  if (bare.length > 0) checkCalled("@Use", middleware, "@Use((ctx, next) => next())");
  if (typeof middleware !== "function") {
    throw misuse(`@Use takes a function, not ${typeof middleware}. Write \`@Use((ctx, next) => next())\`.`);
  }
  return (value: unknown, context: ClassDecoratorContext | ClassMethodDecoratorContext): void => {
    const isClass = typeof context === "object" && context?.kind === "class";
    if (isClass) checkClass(value, context);
    else checkPlacement("@Use", "method", context);
    registry.add(context, { name: isClass ? undefined : context.name, middleware });
  };
}

function checkClass(value: unknown, { name }: ClassDecoratorContext): void {
  if (brand in (value as { prototype: object }).prototype) return; // a class decorator is given the class
  throw notLoom(`@Use ${name}`, name);
}
