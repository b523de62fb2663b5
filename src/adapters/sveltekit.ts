import { misuse } from "../errors.ts";
import { getLoomStub, loomFetchJson } from "../factory.ts";
import { missingBinding } from "../factory/stubs.ts";
import type { LoomCall, LoomStubOptions, Namespace } from "../factory.ts";

export { LoomFetchError } from "../factory.ts";

/** What SvelteKit hands a route as `event.platform` on Cloudflare. */
export interface LoomPlatform {
  readonly env?: object;
}

type EnvOf<Platform extends LoomPlatform> = NonNullable<Platform["env"]>;

type NamespaceKey<Env> = {
  [Key in keyof Env]-?: NonNullable<Env[Key]> extends DurableObjectNamespace<infer _> ? Key : never;
}[keyof Env];

/** The names of the platform's Durable Object bindings; any text when `App.Platform` does not list them. */
export type LoomBinding<Platform extends LoomPlatform> = [keyof EnvOf<Platform>] extends [never]
  ? string
  : string extends keyof EnvOf<Platform>
    ? string
    : NamespaceKey<EnvOf<Platform>> & string;

/** The stub behind a binding, with its class's methods when `App.Platform` names the class. */
export type LoomStubOf<Platform extends LoomPlatform, Binding extends string> = Binding extends keyof EnvOf<Platform>
  ? NonNullable<EnvOf<Platform>[Binding]> extends DurableObjectNamespace<infer Type>
    ? DurableObjectStub<Type>
    : DurableObjectStub
  : DurableObjectStub;

/**
 * The object called `name` behind a binding of `event.platform`.
 *
 * @example
 * ```ts
 * export const load = ({ platform, params }) => getLoomDO(platform, "POSTS", params.slug).read();
 * ```
 */
export function getLoomDO<Platform extends LoomPlatform, Binding extends LoomBinding<Platform>>(
  platform: Platform | undefined,
  binding: Binding,
  ...[name, options]: readonly [name: string, options?: LoomStubOptions]
): LoomStubOf<Platform, Binding> {
  const namespace = namespaceOf(platform, binding, "getLoomDO");
  return getLoomStub(namespace, name, options) as LoomStubOf<Platform, Binding>; // App.Platform says which class it is
}

/** The JSON that the object called `name` answers with; any other answer than a success is a LoomFetchError. */
export async function fetchLoomJson<Value = unknown>(
  platform: LoomPlatform | undefined,
  binding: string,
  ...[name, path, ...call]: readonly [name: string, path: string, ...call: LoomCall]
): Promise<Value> {
  return loomFetchJson<Value>(getLoomStub(namespaceOf(platform, binding, "fetchLoomJson"), name), path, ...call);
}

function namespaceOf(platform: LoomPlatform | undefined, binding: string, called: string): DurableObjectNamespace {
  const where = `${called}("${binding}")`;
  if (!platform)
    throw misuse(`${where}: \`platform\` is undefined. Use @sveltejs/adapter-cloudflare, and no prerendered route.`);
  if (!platform.env)
    throw misuse(`${where}: \`platform.env\` is undefined. Use @sveltejs/adapter-cloudflare, which sets it.`);
  // What `env` holds is known at run time only.
  const namespace = (platform.env as Readonly<Record<string, Namespace<undefined>>>)[binding];
  if (!namespace) throw missingBinding(where, binding);
  return namespace;
}
