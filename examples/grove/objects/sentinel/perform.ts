import type { OperationResult } from "./metric.ts";
import type { Effect, Operation, Place, Stores } from "./operation.ts";

/** Where an operation is done. */
export interface Site extends Place {
  readonly stores: Partial<Stores>;
}

/** Does an operation. What goes wrong is its result: it never rejects. */
export async function perform(operation: Operation | undefined, site: Site): Promise<OperationResult> {
  if (!operation) return failed("unknown", { errorCode: "NO_OPERATION", errorMessage: "Nobody knows such a system." });
  const { name, needs } = operation;
  const missing = needs.find((binding) => !site.stores[binding]);
  if (missing) return failed(name, { errorCode: "NO_BINDING", errorMessage: `The binding ${missing} is missing.` });
  const began = performance.now();
  const outcome = await attempt(operation, site);
  const latencyMs = performance.now() - began;
  return { success: !("errorCode" in outcome), latencyMs, operationName: name, ...outcome };
}

type Failure = Required<Pick<OperationResult, "errorCode" | "errorMessage">>;

function failed(operationName: string, failure: Failure): OperationResult {
  return { success: false, latencyMs: 0, operationName, ...failure };
}

async function attempt(operation: Operation, site: Site): Promise<Effect | Failure> {
  try {
    return await withTable(operation, site);
  } catch (error) {
    const errorMessage = String(error instanceof Error ? error.message : error).slice(0, 300);
    return { errorCode: codeOf(errorMessage), errorMessage };
  }
}

/** A table that is missing is no failure: nothing was there to be found, and a write makes it. */
async function withTable(operation: Operation, { stores, tenantId, name }: Site): Promise<Effect> {
  const bound = stores as Stores; // as far as the operation needs them
  try {
    return await operation.run(bound, { tenantId, name });
  } catch (error) {
    if (!isTableMissing(error)) throw error;
    if (operation.table) await bound.DB.prepare(operation.table).run();
    return { rowsAffected: 0 };
  }
}

/** Whether D1 says that there is no such table. */
export function isTableMissing(error: unknown): boolean {
  return String(error).includes("no such table");
}

/** Every store has a way of its own to say what was wrong. */
function codeOf(message: string): string {
  const [, d1] = /^([A-Z][A-Z0-9_]{2,39}):/.exec(message) ?? [];
  const [, kv] = /^KV \w+ failed: (\d{3})/.exec(message) ?? [];
  const [, r2] = /\((\d{4,5})\)$/.exec(message) ?? [];
  return d1 ?? (kv && `KV_${kv}`) ?? (r2 && `R2_${r2}`) ?? "OPERATION_FAILED";
}
