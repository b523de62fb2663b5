import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { acceptedFor } from "./accepted.ts";
import { fates, seal } from "./attachment.ts";
import { handleClose } from "./handle.ts";
import { tellRefusal } from "./refusal.ts";
import { type LoomSocket, raw } from "./socket.ts";

/** Whether an answer could be a refusal, or the wrong one for a socket that was accepted by hand. */
export function mayNeedSettling(request: Request, { status }: Response): boolean {
  return status >= 400 || acceptedFor(request).length > 0;
}

/** The answer to an upgrade, once everybody has had a say. */
export function settleUpgrade(object: AnyLoomDO, request: Request, response: Response): Response {
  const { ctx } = toolsOf(object);
  for (const { own, client } of acceptedFor(request)) {
    if (response.webSocket !== client) ctx.waitUntil(drop(object, own));
  }
  return tellRefusal(ctx, request, response);
}

/** Ends a socket whose client's end nobody gets: it would be open, and listed, for ever. */
function drop(object: AnyLoomDO, own: LoomSocket): Promise<void> {
  own.close(1011);
  const heard = handleClose(object, own[raw], { code: 1006, reason: "", wasClean: false });
  // Heard of now: the platform reports it once more, or never.
  seal(own[raw], fates.unopened);
  return heard;
}
