import type { FieldEntry } from "../persistence/field.ts";
import type { LoomOptions } from "../options.ts";

/** What decides which members of a class RPC callers reach. */
export interface SurfaceRules {
  /** The prototypes of the class and its ancestors, LoomDO's first. */
  readonly prototypes: readonly object[];
  readonly rpc: LoomOptions["rpc"];
  /** Members that a decorator answers for: routes, migrations, start steps. */
  readonly handled: ReadonlySet<string>;
  /** Members declared with @Rpc. */
  readonly declared: ReadonlySet<string>;
  readonly fields: readonly FieldEntry[];
}

/** The names of a class that are reachable, and the own properties that hide the others. */
export interface Surface {
  readonly open: ReadonlySet<string>;
  readonly hidden: PropertyDescriptorMap;
}

// The platform calls these by name; over RPC it refuses them itself (workerd 2026-10-23).
const handlers = new Set([
  ...["constructor", "fetch", "alarm", "connect", "webSocketMessage", "webSocketClose", "webSocketError"],
]);

const hooks = new Set([
  ...["schema", "routes", "loadState", "persistState", "state_data"],
  ...["onAlarm", "onWebSocketMessage", "onWebSocketClose", "onWebSocketError"],
]);

/**
 * Sorts a class's members into those RPC callers reach and those they do not.
 *
 * workerd calls only what the prototype alone has: an own property of the same name hides a member, and inside the
 * object nothing changes (tested on workerd 2026-10-23).
 */
export function surfaceOf(rules: SurfaceRules): Surface {
  const open = new Set<string>();
  const hidden: PropertyDescriptorMap = Object.create(null); // a member may be called `__proto__`
  const [loomPrototype] = rules.prototypes;
  for (const [name, descriptor] of members(rules.prototypes)) {
    if (handlers.has(name)) continue;
    if (Object.hasOwn(loomPrototype!, name) || !isOpen(name, rules)) hidden[name] = hide(descriptor);
    else open.add(name);
  }
  return { open, hidden };
}

function isOpen(name: string, { fields, declared, handled, rpc }: SurfaceRules): boolean {
  const field = fields.find((entry) => entry.name === name);
  if (field) return field.options.expose === true;
  if (declared.has(name)) return true;
  return rpc !== "declared" && !hooks.has(name) && !handled.has(name);
}

/** Every member by name, the most derived one of each. */
function members(prototypes: readonly object[]): Map<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>();
  for (const prototype of prototypes) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      found.set(name, descriptor);
  }
  return found;
}

function hide(member: PropertyDescriptor): PropertyDescriptor {
  return { ...member, configurable: true, enumerable: false };
}
