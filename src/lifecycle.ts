import type { Blueprint } from "./blueprint.ts";
import { guardMembers } from "./guard.ts";
import { internals } from "./internals.ts";
import { applyMigrations, applySchema } from "./migrate.ts";
import type { RecordOwner } from "./persistence/record.ts";
import type { StartSteps } from "./start.ts";
import { toolsOf } from "./tools.ts";
import type { AnyLoomDO } from "./types.ts";
import type { LoomRoute } from "./context.ts";
import type { Http } from "./dispatch.ts";

/** The hooks a class may have, which TypeScript shows to subclasses only. */
interface Hooks {
  schema?(): string | null;
  routes?(): readonly LoomRoute[];
  loadState?(): unknown;
  persistState?(): unknown;
}

const hooksOf = (object: AnyLoomDO): Hooks => object as unknown as Hooks;

/** What `object` does once a wake before its first event. */
export function startStepsOf(object: AnyLoomDO, blueprint: Blueprint): StartSteps {
  const hooks = hooksOf(object);
  const hasLoad = hooks.loadState !== undefined || blueprint.starts.length > 0;
  return {
    prepare: () => prepare(object, blueprint),
    load: hasLoad ? () => load(object, blueprint) : undefined,
    onFailure: () => guardMembers(blueprint.prototypes, blueprint.surface.open, blueprint.idempotent),
  };
}

/** What the object's state record needs of it. */
export function recordHooksOf(object: AnyLoomDO): Pick<RecordOwner, "persistState" | "loadsItself"> {
  const { persistState, loadState } = hooksOf(object);
  return {
    persistState: persistState && (() => persistState.call(object)),
    loadsItself: loadState !== undefined,
  };
}

/** The class's routes, and those of the object's own `routes()`. */
export function httpOf(object: AnyLoomDO): Http {
  const own = object[internals];
  return (own.http ??= withOwnRoutes(object, own.blueprint.http));
}

function withOwnRoutes(object: AnyLoomDO, http: Http): Http {
  try {
    return http.with(hooksOf(object).routes?.() ?? []);
  } catch (error) {
    return http.failing(error);
  }
}

function prepare(object: AnyLoomDO, { migrations }: Blueprint): void {
  const { ctx, sql } = toolsOf(object);
  const hooks = hooksOf(object);
  if (hooks.schema) applySchema(ctx.storage, hooks.schema());
  if (migrations.length === 0) return;
  const steps = migrations.map(({ version, handlerOf }) => ({
    version,
    run: () => handlerOf(object).call(object, sql),
  }));
  applyMigrations(ctx.storage, steps);
}

async function load(object: AnyLoomDO, { starts }: Blueprint): Promise<void> {
  const hooks = hooksOf(object);
  if (hooks.loadState) object[internals].record.value = await hooks.loadState();
  for (const { handlerOf } of starts) await handlerOf(object).call(object);
}
