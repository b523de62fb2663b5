import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import { loomFetchJson } from "../factory.ts";
import { getLoomStub, missingBinding } from "../factory/stubs.ts";
import type { LoomCall, LoomStubOptions, Namespace } from "../factory.ts";
import { parsePath } from "../http/path.ts";
import type { PathParams, Segment } from "../http/path.ts";
import { errorResponse } from "../http/respond.ts";
import { matchPrefix } from "./match-prefix.ts";

export {
  getLoomRPCStub,
  getLoomStub,
  getLoomStub as getWorkerDO,
  getLoomStubById,
  loomFetch,
  LoomFetchError,
  loomFetchJson,
  newLoomStub,
} from "../factory.ts";
export type { LoomCall, LoomFetchInit, LoomFetchJsonInit, LoomStubOptions } from "../factory.ts";

/** How a request finds its object. */
export interface RouteToObjectOptions<Pattern extends string> extends LoomStubOptions {
  /** The object's name. @default the pattern's only parameter */
  readonly name?: (params: PathParams<Pattern>) => string;
}

type Target<Pattern extends string> = readonly [pattern: Pattern, options?: RouteToObjectOptions<Pattern>];

/**
 * Sends a request to the object that its path names, the matched part stripped; null when `pattern` does not match.
 *
 * With `"/game/:id/*"`, `/game/42/join?x=1` reaches the object called 42 as `/join?x=1`, and `/game/42` as `/`.
 *
 * @example
 * ```ts
 * return routeToObject(request, env.GAMES, "/game/:id/*") ?? new Response("Not found", { status: 404 });
 * ```
 */
export function routeToObject<Pattern extends `/${string}`, Type extends Rpc.DurableObjectBranded | undefined>(
  request: Request,
  namespace: Namespace<Type>,
  ...[pattern, { name, ...options } = {}]: Target<Pattern>
): Promise<Response> | null {
  const where = `routeToObject("${pattern}")`;
  const segments = parsePath(pattern, where);
  const nameOf = name ?? onlyParam<Pattern>(segments, where);
  if (!namespace) throw missingBinding(where);
  const url = new URL(request.url);
  const found = matchPrefix(segments, url.pathname);
  if (found === undefined) return null;
  if (found.isMalformed) return Promise.resolve(errorResponse(new LoomError(LOOM_ERRORS.MALFORMED_PATH)));
  url.pathname = found.rest;
  const object = nameOf(found.params as PathParams<Pattern>); // the names come from the pattern itself
  return getLoomStub(namespace, object, options).fetch(new Request(url, request));
}

/** The JSON that the object called `name` answers with. */
export async function workerFetchJson<Value = unknown>(
  namespace: Namespace<Rpc.DurableObjectBranded | undefined>,
  name: string,
  ...[path, ...call]: readonly [path: string, ...call: LoomCall]
): Promise<Value> {
  return loomFetchJson<Value>(getLoomStub(namespace, name), path, ...call);
}

function onlyParam<Pattern extends string>(segments: readonly Segment[], where: string) {
  const names = segments.filter(({ kind }) => kind === "param");
  const [only] = names;
  if (only === undefined || names.length > 1) {
    throw misuse(`${where}: the pattern has ${names.length} parameters, not one. Write \`name: (params) => …\`.`);
  }
  return (params: PathParams<Pattern>) => (params as Readonly<Record<string, string>>)[only.text]!;
}
