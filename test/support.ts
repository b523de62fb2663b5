import { env } from "cloudflare:workers";

/** A stub of the fixture class `className`; every fixture class is bound under its own name. */
export function objectOf<T extends Rpc.DurableObjectBranded>(className: string, name: string = crypto.randomUUID()) {
  const namespaces = env as unknown as Record<string, DurableObjectNamespace<T>>;
  return namespaces[className]!.getByName(name);
}
