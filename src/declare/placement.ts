import { misuse } from "../errors.ts";
import { brand } from "../metadata.ts";
import { toolNames } from "../object/tools.ts";

interface Placed {
  readonly kind: string;
  readonly name: string | symbol;
  readonly static: boolean;
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
  if (typeof context !== "object" || context === null || !("kind" in context)) {
    throw misuse(
      `${decorator} was compiled as a legacy decorator. Remove "experimentalDecorators" from tsconfig.json.`,
    );
  }
  const place = context as Placed;
  const name = String(place.name);
  if (place.kind !== kind) throw wrongKind(decorator, kind, place);
  if (place.static) throw misuse(`${decorator} ${name}: static members belong to no object. Remove \`static\`.`);
  if ((toolNames as readonly string[]).includes(name)) throw reservedName(decorator, name);
  checkClass(decorator, place);
}

/** The error for a member that takes the name of one of the object's tools. */
export function reservedName(where: string, name: string): Error {
  return misuse(`${where} ${name}: \`this.${name}\` is one of the object's tools. Give the member another name.`);
}

function wrongKind(decorator: string, kind: string, context: Placed): Error {
  const [found, name] = [context.kind, String(context.name)];
  if (kind === "accessor" && found === "field") {
    return misuse(
      `${decorator} cannot track the plain field \`${name}\`: assignments to a field are invisible. ` +
        `Write \`${decorator} accessor ${name}\`.`,
    );
  }
  return misuse(`${decorator} ${name} is on ${withArticle(found)}: it goes on ${withArticle(kind)}.`);
}

function checkClass(decorator: string, context: Placed): void {
  if (context.metadata !== undefined && brand in context.metadata) return;
  // SWC does not link a subclass's metadata to its parent's: there the object itself answers, on its first construction.
  context.addInitializer(function (this: unknown) {
    if (!(brand in (this as object))) {
      throw misuse(
        `${decorator} ${String(context.name)}: the class does not extend LoomDO. Write \`class … extends LoomDO\`.`,
      );
    }
  });
}

function withArticle(kind: string): string {
  return kind === "accessor" ? "an accessor" : `a ${kind}`;
}
