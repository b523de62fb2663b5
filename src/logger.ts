import { currentEvent } from "./event.ts";
import { Printer } from "./logger/printable.ts";
import type { Printable } from "./logger/printable.ts";
import type { GroveErrorDef } from "./types.ts";

/** How loud a line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What an object writes to its log. */
export interface LogOptions {
  /** The quietest level that is written; `"silent"` writes nothing. @default "debug" */
  readonly level?: LogLevel | "silent";
  /**
   * One line an event (a request, a socket's message or end): method, path pattern, status and duration.
   *
   * @default false
   */
  readonly events?: boolean;
  /**
   * Further parts of key names whose values are never written; case, `-` and `_` do not count.
   *
   * @default authorization, cookie, password, passwd, passphrase, secret, token, credential, api key, private key
   */
  readonly redact?: readonly string[];
}

/** One finished event, for its line in the log. */
export interface LoggedEvent {
  readonly method: string;
  /** The pattern of the route, never the path itself: that may name a person. */
  readonly path: string;
  readonly status: number | string;
  readonly durationMs: number;
}

interface Entry {
  readonly message: string;
  /** The caller's fields. */
  readonly data?: object | undefined;
  /** The logger's own fields, which the caller's cannot replace. */
  readonly own?: object;
}

// The quietest first.
const levels = ["debug", "info", "warn", "error", "silent"];
const secretParts = "authorization cookie password passwd passphrase secret token credential apikey privatekey".split(
  " ",
);

/**
 * Writes one JSON line a call, tagged with the object's name and id and the event's correlation id.
 *
 * Whatever data holds, it never throws: cycles, BigInt and errors are printed, secrets are blanked by key, depth and
 * size are bounded. A key of data that is one of the standard ones is written as `data.<key>`.
 *
 * @example
 * ```ts
 * this.log.warn("draft refused", { slug, reason });
 * ```
 */
export class LoomLogger {
  readonly #do: string;
  readonly #id: string;
  readonly #quietest: number;
  readonly #events: boolean;
  readonly #secretParts: readonly string[];

  constructor(doName: string, doId: string, options: LogOptions = {}) {
    this.#do = doName;
    this.#id = doId;
    this.#quietest = levels.indexOf(options.level ?? "debug");
    this.#events = options.events ?? false;
    const { redact = [] } = options;
    this.#secretParts = [...secretParts, ...redact.map(plainKey).filter(Boolean)];
  }

  /** Writes a line with `console.debug`. */
  debug(message: string, data?: object): void {
    this.#write("debug", { message, data });
  }

  /** Writes a line with `console.log`. */
  info(message: string, data?: object): void {
    this.#write("info", { message, data });
  }

  /** Writes a line with `console.warn`. */
  warn(message: string, data?: object): void {
    this.#write("warn", { message, data });
  }

  /** Writes a line with `console.error`. */
  error(message: string, data?: object): void {
    this.#write("error", { message, data });
  }

  /** Writes what failed and what caused it: name, message, stack, code and the causes of the cause. */
  errorWithCause(message: string, cause: unknown, data?: object): void {
    this.#write("error", { message, data, own: { cause } });
  }

  /** Writes a catalogue entry's code and operator text; a user's own mistake is a warning, all else an error. */
  loomError(def: GroveErrorDef, data: { readonly cause?: unknown; readonly [key: string]: unknown } = {}): void {
    const { code, category, adminMessage } = def;
    const message = `${code}: ${adminMessage}`;
    this.#write(category === "user" ? "warn" : "error", { message, data, own: { code, category } });
  }

  /** Writes one finished event, if the object's log option `events` is set. */
  event({ method, path, status, durationMs }: LoggedEvent): void {
    if (!this.#events) return;
    this.#write("info", { message: `${method} ${path} ${status}`, own: { method, path, status, durationMs } });
  }

  #write(level: LogLevel, { message, data, own = {} }: Entry): void {
    if (levels.indexOf(level) < this.#quietest) return;
    const printer = new Printer((key) => this.#isSecret(key));
    const correlationId = currentEvent.getStore()?.correlationId;
    const line = {
      do: this.#do,
      id: this.#id,
      level,
      message: printer.print(message),
      timestamp: new Date().toISOString(),
      correlationId: correlationId && printer.text(correlationId),
      ...printer.fields(own),
    };
    const given = printer.print(data instanceof Error ? { error: data } : data);
    console[level === "info" ? "log" : level](JSON.stringify(merged(line, given)));
  }

  #isSecret(key: string): boolean {
    const plain = plainKey(key);
    return this.#secretParts.some((part) => plain.includes(part));
  }
}

/** `line` with the caller's fields beside its own, which they cannot replace. */
function merged(line: object, data: Printable | undefined): object {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return { ...line, data };
  const fields = Object.entries(data).map(([key, value]) => [Object.hasOwn(line, key) ? `data.${key}` : key, value]);
  return { ...line, ...(Object.fromEntries(fields) as object) };
}

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}
