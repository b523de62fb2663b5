import { misuse } from "../errors.ts";
import { checkLimits } from "./limits.ts";
import type { SocketLimits } from "./options.ts";

/** Refuses what `sockets.accept` cannot do; `where` names the call. */
export function checkAccept(options: SocketLimits & { readonly hibernation?: boolean }, where: string): void {
  if (Array.isArray(options)) throw misuse(`${where}: tags are one of its options. Write \`{ tags: […] }\`.`);
  if (options.hibernation === false) {
    throw misuse(
      `${where}: a socket that does not hibernate keeps the object awake, and ends with it. Leave \`hibernation\` out.`,
    );
  }
  checkLimits(options, where);
}

/** The limits among `options`, if there are any. */
export function limitsIn({ maxMessage, rate }: SocketLimits): SocketLimits | undefined {
  if (maxMessage === undefined && rate === undefined) return undefined;
  return { ...(maxMessage !== undefined && { maxMessage }), ...(rate && { rate }) };
}
