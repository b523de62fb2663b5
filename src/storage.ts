export { JsonStore } from "./storage/json-store.ts";
export type { JsonValues } from "./storage/json-store.ts";
export type { JsonListOptions } from "./storage/key-range.ts";
export { Keyset } from "./storage/keyset.ts";
export type { KeysetOptions, KeysetPage, KeysetQuery } from "./storage/keyset.ts";
export { safeJsonParse } from "./storage/safe-json-parse.ts";
export { SqlHelper } from "./storage/sql-helper.ts";
export type {
  Savepoint,
  SqlHelperOptions,
  SqlResult,
  SqlRow,
  TransactionMustBeSynchronous,
} from "./storage/sql-helper.ts";
export type { SqlBinding } from "./storage/bindings.ts";
