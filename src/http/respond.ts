import { LOOM_ERRORS } from "../catalogue.ts";
import { isLoomError, LoomError } from "../errors.ts";
import type { GroveErrorDef, Issue, LoomErrorDef } from "../types.ts";

const jsonHeaders = new Headers({ "Content-Type": "application/json" });

/** Ready-made responses. */
export const LoomResponse = {
  /** `data` as JSON. */
  json(data: unknown, status = 200): Response {
    // Response.json is the faster, but sends the word undefined for what has no JSON form (workerd 2026-10-23).
    const isPlain = typeof data === "object" && (data === null || !("toJSON" in data));
    checkSendable(data);
    if (status === 200 && isPlain) return Response.json(data);
    const text = JSON.stringify(data) as string | undefined; // the library's type leaves out what a function gives
    if (text === undefined) throw new TypeError(`This ${typeof data} has no JSON form.`);
    return new Response(text, { status, headers: jsonHeaders });
  },

  /** `{ "success": true }` and the fields of `data`, which cannot turn it false. */
  success(data?: object): Response {
    return LoomResponse.json(Object.assign({ success: true }, data, { success: true }));
  },

  /** Plain text. */
  text(body: string, status = 200): Response {
    return new Response(body, { status });
  },

  /** 404 in the catalogue's form; `detail` is sent to the caller in place of its text. */
  notFound(detail?: string): Response {
    return errorBody(LOOM_ERRORS.NO_ROUTE, { status: 404, detail });
  },

  /** 400 in the catalogue's form; `detail` is sent to the caller in place of its text. */
  badRequest(detail?: string): Response {
    return errorBody(LOOM_ERRORS.INVALID_INPUT, { status: 400, detail });
  },

  /** A catalogue entry's code and user text. */
  error(def: GroveErrorDef | LoomErrorDef, status = "status" in def ? def.status : 500): Response {
    return errorBody(def, { status });
  },
};

const formless = new Set<unknown>([Map, Set, WeakMap, WeakSet, ReadableStream, ArrayBuffer, Promise]);

/** Refuses what JSON would send as `{}`, at the top and one level below: nothing tells the caller what is missing. */
export function checkSendable(data: unknown): void {
  checkForm(data);
  if (typeof data === "object" && data !== null && !Array.isArray(data)) Object.values(data).forEach(checkForm);
}

function checkForm(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (!formless.has(value.constructor) && !ArrayBuffer.isView(value)) return;
  const { name } = value.constructor;
  throw new TypeError(
    `A ${name} has no JSON form. Return plain data, such as \`Object.fromEntries(map)\` or \`[...set]\`.`,
  );
}

/** The answer to a LoomError: its code, user text and issues, at its status. */
export function errorResponse(error: LoomError): Response {
  return errorBody(error.def, { status: error.status, issues: error.issues });
}

/** 426: the path is for WebSockets. */
export function upgradeRequired(): Response {
  const response = errorBody(LOOM_ERRORS.UPGRADE_REQUIRED, { status: 426 });
  response.headers.set("upgrade", "websocket");
  return response;
}

/** What a handler returned, as a response: one as it is, nothing as 204, all else as JSON. */
export function answerOf(value: unknown): Response {
  if (value instanceof Response) {
    if (!value.bodyUsed) return value;
    throw new TypeError("This response was sent before. Return its `clone()`.");
  }
  return value === undefined ? new Response(null, { status: 204 }) : LoomResponse.json(value);
}

/** `error` as a LoomError of the catalogue, also after RPC took its class and texts away. */
export function asLoomError(error: unknown): LoomError | undefined {
  if (error instanceof LoomError) return error;
  if (!isLoomError(error)) return undefined;
  const { code, status } = error;
  const def = Object.values<LoomErrorDef>(LOOM_ERRORS).find((each) => each.code === code);
  // The status is what another object said: one that is no error's would make `new Response` throw.
  const isError = Number.isInteger(status) && status >= 400 && status <= 599;
  return def && new LoomError(def, { status: isError ? status : def.status, cause: error });
}

interface ErrorDetails {
  readonly status: number;
  readonly detail?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
}

function errorBody({ code, userMessage }: GroveErrorDef, { status, detail, issues }: ErrorDetails): Response {
  const body = { error: code, error_code: code, error_description: detail ?? userMessage, issues };
  return LoomResponse.json(body, status);
}
