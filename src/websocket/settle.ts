import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { tellRefusal } from "./refusal.ts";

/** The answer to an upgrade, once everybody has had a say. */
export function settleUpgrade(object: AnyLoomDO, request: Request, response: Response): Response {
  return tellRefusal(toolsOf(object).ctx, request, response);
}
