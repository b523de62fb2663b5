import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";

/**
 * The subprotocol to agree on: the first of `spoken` that the client offers, or the first it offers if any will do.
 *
 * A client that offered some and is answered with none fails the connection: it is refused before anybody is told of it.
 */
export function protocolOf({ headers }: Request, spoken: string | readonly string[] | undefined): string | undefined {
  const offered = headers
    .get("sec-websocket-protocol")
    ?.split(",")
    .map((name) => name.trim());
  if (offered === undefined || spoken === undefined) return offered?.[0];
  const agreed = [spoken].flat().find((name) => offered.includes(name));
  if (agreed === undefined) throw new LoomError(LOOM_ERRORS.INVALID_INPUT);
  return agreed;
}
