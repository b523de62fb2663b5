import type { Http } from "../http/dispatch.ts";
import { isUpgrade } from "../http/upgrade.ts";
import { isThenable } from "../thenable.ts";
import type { AnyLoomDO } from "../types.ts";
import { hooksOf } from "./hooks.ts";
import { mayNeedSettling, settleUpgrade } from "../websocket/settle.ts";
import { internals } from "./internals.ts";

/** Answers `request` by the routes of `object`. */
export function answer(object: AnyLoomDO, request: Request): Response | Promise<Response> {
  const { record } = object[internals];
  const response = httpOf(object).handle(object, request);
  const saved = record.savesItself ? record.settle(response) : response;
  if (isThenable(saved))
    return isUpgrade(request) ? saved.then((found) => settleUpgrade(object, request, found)) : saved;
  // A header costs a third of a microsecond to read: a plain answer has none read for it.
  return mayNeedSettling(request, saved) && isUpgrade(request) ? settleUpgrade(object, request, saved) : saved;
}

/** The class's routes, and those of the object's own `routes()`; one that fails answers every request with 500. */
function httpOf(object: AnyLoomDO): Http {
  const own = object[internals];
  if (own.http) return own.http;
  const { http } = own.blueprint;
  try {
    own.http = http.with(hooksOf(object).routes?.() ?? []);
  } catch (error) {
    own.http = http.failing(error);
  }
  return own.http;
}
