import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { offeredBy, plainProtocol, refusalProtocol } from "./subprotocol.ts";

const maxTags = 10;
const maxTagLength = 256;

/** `tags` without repetitions; throws for what the platform would refuse, or cut. */
export function tagsOf(tags: readonly string[], where: string): readonly string[] {
  const found = [...new Set(tags)];
  const fault =
    found.length > maxTags
      ? `${found.length} tags are over the ${maxTags} of one socket. Keep the rest in \`socket.state\`.`
      : found.map(faultOf).find((text) => text !== undefined);
  // Most are made of what a client asked for, and so is what is wrong with them.
  if (fault) throw new LoomError(LOOM_ERRORS.ACCEPT_FAILED, { message: `${where}: ${fault}`, status: 400 });
  return Object.freeze(found);
}

function faultOf(tag: string): string | undefined {
  if (typeof tag !== "string") return `a tag is a ${typeof tag}. Write text.`;
  if (tag.length === 0) return "a tag is empty. Leave it out.";
  if (tag.length > maxTagLength)
    return `a tag has ${tag.length} characters, over ${maxTagLength}. Shorten it, or hash it.`;
  return tag.isWellFormed() ? undefined : "a tag has half a surrogate pair. Write `tag.toWellFormed()`.";
}

/** The tags that `socket` was accepted with. */
export function tagsIn(ctx: DurableObjectState, socket: WebSocket): readonly string[] {
  try {
    return ctx.getTags(socket);
  } catch {
    // A socket that the object closed before it left memory, and that ends only now: the platform still has what is
    // attached to it, and no tags (workerd 2026-10-23).
    return [];
  }
}

/**
 * The subprotocol to agree on: the first of `spoken` that the client offers, or the first it offers if any will do.
 *
 * A client that offered some and is answered with none fails the connection: it is refused before anybody is told of it.
 * What Loom's own client offers for itself says nothing of what it speaks.
 */
export function protocolOf(request: Request, spoken: string | readonly string[] | undefined): string | undefined {
  const all = offeredBy(request);
  const offered = all.filter((name) => name !== plainProtocol && name !== refusalProtocol);
  if (offered.length === 0) return all.find((name) => name === plainProtocol);
  if (spoken === undefined) return offered[0];
  const agreed = [spoken].flat().find((name) => offered.includes(name));
  if (agreed === undefined) throw new LoomError(LOOM_ERRORS.INVALID_INPUT);
  return agreed;
}
