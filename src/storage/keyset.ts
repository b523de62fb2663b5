import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";

type Value = string | number;
type Column<Row> = keyof Row & string;

/** Options of a Keyset. */
export interface KeysetOptions {
  /** From the largest to the smallest, in every column. @default false */
  readonly descending?: boolean;
}

/** One page of rows; no `nextCursor` on the last. */
export interface KeysetPage<Row> {
  readonly rows: Row[];
  readonly nextCursor?: string;
}

/** What a statement needs to read one page. */
export interface KeysetQuery<Row> {
  /** The condition, for WHERE: the rows behind the cursor. */
  readonly where: string;
  /** The columns, for ORDER BY. */
  readonly order: string;
  /** One more than the page has, for LIMIT: it tells whether there is a next page. */
  readonly limit: number;
  /** What `where` binds. */
  readonly bindings: readonly Value[];
  /** The page of the rows that the statement gave. */
  of(rows: readonly Row[]): KeysetPage<Row>;
}

/**
 * Pages of rows by what the last row holds, not by how many came before: rows that come or go shift nothing.
 *
 * The columns together are unique and never NULL: let the last one be the primary key. Works with D1 as well.
 *
 * @example
 * ```ts
 * const newest = new Keyset<Post>(["created_at", "id"], { descending: true });
 *
 * const page = newest.page(20, cursor);
 * const query = `SELECT * FROM posts WHERE ${page.where} ORDER BY ${page.order} LIMIT ${page.limit}`;
 * const { rows, nextCursor } = page.of(this.sql.queryAll<Post>(query, ...page.bindings));
 * ```
 */
export class Keyset<Row extends object> {
  readonly #columns: readonly Column<Row>[];
  readonly #order: string;
  readonly #comparison: string;

  constructor(columns: readonly Column<Row>[], { descending = false }: KeysetOptions = {}) {
    if (columns.length === 0) throw misuse("new Keyset([]): name the columns, the primary key last.");
    for (const column of columns) checkName(column);
    this.#columns = columns;
    this.#order = columns.map((column) => (descending ? `${column} DESC` : column)).join(", ");
    this.#comparison = descending ? "<" : ">";
  }

  /** What reads the `limit` rows behind `cursor`, or the first; a cursor of another order is a 400. */
  page(limit: number, cursor?: string | null): KeysetQuery<Row> {
    if (!Number.isInteger(limit) || limit < 1) throw misuse(`Keyset.page(${limit}): a page has one row or more.`);
    const bindings = cursor === undefined || cursor === null ? [] : this.#read(cursor);
    const names = this.#columns.join(", ");
    const marks = this.#columns.map(() => "?").join(", ");
    return {
      where: bindings.length === 0 ? "TRUE" : `(${names}) ${this.#comparison} (${marks})`,
      order: this.#order,
      limit: limit + 1,
      bindings,
      of: (rows) => this.#pageOf(rows, limit),
    };
  }

  #pageOf(rows: readonly Row[], limit: number): KeysetPage<Row> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return last === undefined || rows.length <= limit
      ? { rows: shown }
      : { rows: shown, nextCursor: this.#write(last) };
  }

  #write(row: Row): string {
    const values = this.#columns.map((column) => row[column] as unknown); // the caller's statement names what is in it
    if (values.every(isValue)) return toBase64Url(JSON.stringify([this.#order, ...values]));
    const column = this.#columns.find((_, at) => !isValue(values[at]));
    throw misuse(`Keyset: \`${column}\` of a row is no text and no number. Select it, and let it never be NULL.`);
  }

  #read(cursor: string): Value[] {
    const [order, ...values] = fromBase64Url(cursor);
    if (order === this.#order && values.length === this.#columns.length && values.every(isValue)) return values;
    throw new LoomError(LOOM_ERRORS.INVALID_INPUT, {
      message: "Invalid cursor",
      issues: [{ message: "Invalid cursor", path: ["cursor"] }],
    });
  }
}

/** A name goes into the statement as it is. */
function checkName(column: string): void {
  if (!/^[A-Za-z_]\w*$/.test(column)) throw misuse(`new Keyset(["${column}"]): a column's name is letters, digits, _.`);
}

function isValue(value: unknown): value is Value {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The list that a cursor holds; an empty one for anything else. */
function fromBase64Url(text: string): unknown[] {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const values: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return Array.isArray(values) ? values : [];
  } catch {
    // What anybody may send: whoever asked answers with a 400.
    return [];
  }
}
