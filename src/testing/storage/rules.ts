import { tokensOf } from "../statements.ts";

const transaction =
  "To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() APIs " +
  "instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will " +
  "automatically roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic " +
  "write coalescing.";

const unauthorized = "not authorized: SQLITE_AUTH";

const pragmas = new Set([
  ...["case_sensitive_like", "data_version", "defer_foreign_keys", "foreign_key_check", "foreign_key_list"],
  ...["foreign_keys", "ignore_check_constraints", "index_info", "index_list", "index_xinfo", "legacy_alter_table"],
  ...["optimize", "quick_check", "recursive_triggers", "reverse_unordered_selects", "table_info", "table_list"],
  "table_xinfo",
]);

const withRows = new Set(["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"]);

const refusals: Record<string, string | undefined> = {
  ...Object.fromEntries(
    ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"].map((word) => [word, transaction]),
  ),
  ATTACH: unauthorized,
  DETACH: unauthorized,
  VACUUM: "cannot VACUUM from within a transaction: SQLITE_ERROR",
};

/** Throws what the platform's `sql.exec` throws for a statement that it does not run. */
export function checkStatement(statement: string, hasTable: (name: string) => boolean): void {
  const tokens = tokensOf(statement);
  const words = tokens.map((each) => each.toUpperCase());
  const [verb = "", second = ""] = words;
  const refusal = refusals[verb] ?? refusalOf(verb, second) ?? functionRefusal(words);
  if (refusal) throw new Error(refusal);
  const own = tokens.find((each) => /^["`[]?_cf_/i.test(each))?.replace(/["`[\]]/g, "");
  if (own && (hasTable(own) || verb === "CREATE" || verb === "ALTER")) throw new Error(ownTableRefusal(own, verb));
}

/** True for what changes nothing. */
export function isRead(statement: string): boolean {
  const tokens = tokensOf(statement);
  const verb = tokens[0]?.toUpperCase() ?? "";
  if (verb === "PRAGMA") return !tokens.includes("=");
  return verb === "SELECT" || verb === "VALUES" || verb === "EXPLAIN";
}

function refusalOf(verb: string, second: string): string | undefined {
  if (verb === "CREATE" && (second === "TEMP" || second === "TEMPORARY")) return unauthorized;
  return verb === "PRAGMA" && !pragmas.has(second.toLowerCase()) ? unauthorized : undefined;
}

function functionRefusal(words: readonly string[]): string | undefined {
  const at = words.findIndex((word, index) => word === "SQLITE_VERSION" && words[index + 1] === "(");
  return at >= 0 ? "not authorized to use function: sqlite_version: SQLITE_ERROR" : undefined;
}

/** The platform's own tables are its own: the rows of kv and the alarm. */
function ownTableRefusal(name: string, verb: string): string {
  return withRows.has(verb) ? `access to ${name}.key is prohibited: SQLITE_AUTH` : unauthorized;
}
