import { byteLength } from "./bytes.ts";
import { type NativeDatabase, type NativeStatement, sqlite, type SqliteValue } from "./node.ts";
import { parametersOf } from "./statements.ts";

/** A value in a row: integers are numbers, as the platform has them. */
export type CellValue = null | number | string | ArrayBuffer;

/** What one statement answered. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CellValue[])[];
  /** How many rows it inserted, changed or deleted. */
  readonly changes: number;
}

// As workerd sets them (2026-10-23); an older Node does not know `limits` and allows more.
const maxStatementBytes = 100_000;
const limits = { column: 100, exprDepth: 100, compoundSelect: 5, likePatternLength: 50, variableNumber: 100 };

/** SQLite in memory: `node:sqlite` with the values of the platform. */
export class Database {
  readonly #native: NativeDatabase;

  constructor() {
    const { DatabaseSync } = sqlite();
    this.#native = new DatabaseSync(":memory:", { enableDoubleQuotedStringLiterals: true, limits });
  }

  /** Runs one statement to its end, `values` in the order of its parameters. */
  run(sql: string, values: readonly SqliteValue[] = []): Rows {
    const names = values.length > 0 ? parametersOf(sql) : [];
    const named = Object.fromEntries(names.flatMap((name, index) => (name ? [[name, values[index]!]] : [])));
    const plain = values.filter((_, index) => names[index] === undefined);
    const statement = this.#prepare(sql);
    const before = this.#total();
    const rows = statement.all(named, ...plain).map((row) => row.map(cellOf));
    return { columns: statement.columns().map(({ name }) => name), rows, changes: this.#total() - before };
  }

  /** The first value of the first row. */
  value(sql: string, ...values: SqliteValue[]): CellValue | undefined {
    return this.run(sql, values).rows[0]?.[0];
  }

  /** Runs statements that answer nothing. */
  exec(sql: string): void {
    this.#native.exec(sql);
  }

  #prepare(sql: string): NativeStatement {
    if (sql.length * 3 > maxStatementBytes && byteLength(sql) > maxStatementBytes) {
      throw new Error("statement too long: SQLITE_TOOBIG");
    }
    const statement = this.#native.prepare(sql);
    statement.setReturnArrays(true);
    // A number of SQLite may be larger than JavaScript's are exact: the platform rounds it, Node would throw.
    statement.setReadBigInts(true);
    return statement;
  }

  #total(): number {
    return Number(this.#prepare("SELECT total_changes()").all({})[0]![0]);
  }
}

function cellOf(value: SqliteValue): CellValue {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? (value.slice().buffer as ArrayBuffer) : value;
}

// By SQLite's numbers; those of constraints by their extended ones.
const codes: Record<number, string | undefined> = {
  1: "SQLITE_ERROR",
  18: "SQLITE_TOOBIG",
  19: "SQLITE_CONSTRAINT",
  20: "SQLITE_MISMATCH",
  23: "SQLITE_AUTH",
  25: "SQLITE_RANGE",
  275: "SQLITE_CONSTRAINT_CHECK",
  787: "SQLITE_CONSTRAINT_FOREIGNKEY",
  1299: "SQLITE_CONSTRAINT_NOTNULL",
  1555: "SQLITE_CONSTRAINT_PRIMARYKEY",
  1811: "SQLITE_CONSTRAINT_TRIGGER",
  2067: "SQLITE_CONSTRAINT_UNIQUE",
  2579: "SQLITE_CONSTRAINT_ROWID",
};

/** The failure as the platform words it: SQLite's own text, and the name of its code. */
export function sqlError(error: unknown): unknown {
  // Not by `instanceof`: Jest runs tests in a realm that has errors of its own.
  const { message, errcode } = error as Error & { errcode?: number };
  if (errcode === undefined) return error;
  const name = codes[errcode & 0xff];
  const extended = errcode > 0xff && codes[errcode] ? ` (extended: ${codes[errcode]})` : "";
  return new Error(name ? `${message}: ${name}${extended}` : message);
}
