import { misuse } from "../errors.ts";
import { brand } from "../metadata.ts";
import { toolNames } from "../object/tools.ts";
import type { Method } from "./wrap.ts";

interface Placed {
  readonly kind: string;
  readonly name: string | symbol;
  readonly static: boolean;
  readonly private: boolean;
  readonly access: { get(object: object): Method };
  readonly metadata: object;
  addInitializer(initializer: (this: unknown) => void): void;
}

/** Refuses a member decorator where it cannot work; every member decorator calls it first. */
export function checkPlacement(
  decorator: string,
  kind: "method" | "accessor",
  context: unknown,
): asserts context is Placed {
  // The legacy emit calls a decorator with (prototype, name, descriptor): its second argument is no context object.
  if (typeof context !== "object" || context === null || !("kind" in context)) throw legacy(decorator);
  const place = context as Placed;
  const name = String(place.name);
  const where = `${decorator} ${name}`;
  if (place.kind !== kind) throw wrongKind(decorator, kind, place);
  if (place.static) throw misuse(`${where}: static members belong to no object. Remove \`static\`.`);
  if ((toolNames as readonly string[]).includes(name)) throw reservedName(decorator, name);
  if (place.metadata !== undefined && brand in place.metadata) return;
  // SWC does not link a subclass's metadata to its parent's: there the object itself answers, on its first construction.
  place.addInitializer(function () {
    if (!(brand in (this as object))) throw notLoom(where);
  });
}

/** Refuses a decorator written bare that needs arguments: it was handed what it stands on. */
export function checkCalled(decorator: string, first: unknown, example: string): void {
  if (typeof first === "function") throw misuse(`${decorator} needs arguments. Write \`${example}\`.`);
}

/** The error for a decorator that the compiler called in the legacy way. */
export function legacy(decorator: string): Error {
  return misuse(`${decorator} was compiled as a legacy decorator. Remove "experimentalDecorators" from tsconfig.json.`);
}

/** The error for a member that takes the name of one of the object's tools. */
export function reservedName(where: string, name: string): Error {
  return misuse(`${where} ${name}: \`this.${name}\` is one of the object's tools. Give the member another name.`);
}

/** The error for a decorator in or on a class that is no LoomDO. */
export function notLoom(where: string, name = "…"): Error {
  return misuse(`${where}: the class does not extend LoomDO. Write \`class ${name} extends LoomDO\`.`);
}

function wrongKind(decorator: string, kind: string, { kind: found, name }: Placed): Error {
  const member = String(name);
  return misuse(
    kind === "accessor" && found === "field"
      ? `${decorator} cannot track the plain field \`${member}\`: assignments to a field are invisible. ` +
          `Write \`${decorator} accessor ${member}\`.`
      : `${decorator} ${member} is on ${withArticle(found)}: it goes on ${withArticle(kind)}.`,
  );
}

function withArticle(kind: string): string {
  return kind === "accessor" ? "an accessor" : `a ${kind}`;
}
