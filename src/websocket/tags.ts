import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";

const maxTags = 10;
const maxTagLength = 256;

/** `tags` without repetitions; throws for what the platform would refuse, or cut. */
export function tagsOf(tags: readonly string[], where: string): readonly string[] {
  const found = [...new Set(tags)];
  if (found.length > maxTags)
    throw wrong(
      where,
      `${found.length} tags are over the ${maxTags} of one socket. Keep the rest in \`socket.state\`.`,
    );
  for (const tag of found) {
    if (typeof tag !== "string") throw wrong(where, `a tag is a ${typeof tag}. Write text.`);
    if (tag.length === 0) throw wrong(where, "a tag is empty. Leave it out.");
    if (tag.length > maxTagLength)
      throw wrong(where, `a tag has ${tag.length} characters, over ${maxTagLength}. Shorten it, or hash it.`);
    if (!tag.isWellFormed()) throw wrong(where, "a tag has half a surrogate pair. Write `tag.toWellFormed()`.");
  }
  return Object.freeze(found);
}

function wrong(where: string, problem: string): LoomError {
  return new LoomError(LOOM_ERRORS.ACCEPT_FAILED, { message: `${where}: ${problem}` });
}
