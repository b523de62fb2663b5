import type { Blueprint } from "../blueprint.ts";
import { hooksOf } from "./hooks.ts";
import { internals } from "./internals.ts";
import { applyMigrations, applySchema } from "../migrate.ts";
import { toolsOf } from "./tools.ts";
import type { AnyLoomDO } from "../types.ts";

/** Brings the database up to date: in the base constructor, before the subclass has fields. */
export function prepareDatabase(object: AnyLoomDO, { migrations }: Blueprint): void {
  const { arming } = object[internals];
  arming?.wake();
  const hooks = hooksOf(object);
  if (hooks.schema) applySchema(toolsOf(object).ctx.storage, hooks.schema());
  if (migrations.length > 0) migrate(object, migrations);
  arming?.noteSeeds();
}

function migrate(object: AnyLoomDO, migrations: Blueprint["migrations"]): void {
  const { ctx, sql } = toolsOf(object);
  const steps = migrations.map(({ version, handlerOf }) => ({
    version,
    run: () => handlerOf(object).call(object, sql),
  }));
  applyMigrations(ctx.storage, steps);
}

/** True for a class that has something to run between its construction and the first event. */
export function hasStartSteps(object: AnyLoomDO, { starts }: Blueprint): boolean {
  return starts.length > 0 || hooksOf(object).loadState !== undefined;
}

/** Runs `loadState`, then the @OnStart methods. */
export async function runStartSteps(object: AnyLoomDO, { starts }: Blueprint): Promise<void> {
  const hooks = hooksOf(object);
  if (hooks.loadState) object[internals].record.value = await hooks.loadState();
  for (const { handlerOf } of starts) await handlerOf(object).call(object);
}
