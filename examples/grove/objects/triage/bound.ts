import type { GroveEnv } from "../../types.ts";

/** A binding that nothing works without; throws where the configuration lacks it. */
export function bound<Name extends keyof GroveEnv>(env: GroveEnv, name: Name): NonNullable<GroveEnv[Name]> {
  const binding = env[name];
  if (binding) return binding;
  throw new Error(`The binding ${name} is missing.`);
}

/** Whose mailbox it is: what comes after `triage:` in the object's name. */
export function ownerOf({ name = "" }: DurableObjectId): string {
  return /^triage:(.+)$/s.exec(name)?.[1] ?? "owner";
}
