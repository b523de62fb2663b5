import { misuse } from "../errors.ts";

/** Where an object lives and how the platform reaches it. */
export interface LoomStubOptions extends DurableObjectNamespaceGetDurableObjectOptions {
  /** Where the object must stay, such as `"eu"`. Part of its identity: always the same for one object. */
  readonly jurisdiction?: DurableObjectJurisdiction;
  /** How often the platform itself sends a call again that never arrived. */
  readonly retry?: { readonly maxRetries?: number; readonly timeoutMs?: number };
}

/** The binding of a class, as `env` has it; undefined when the Worker's configuration does not name it. */
export type Namespace<Type extends Rpc.DurableObjectBranded | undefined> = DurableObjectNamespace<Type> | undefined;

interface Maker {
  readonly make: () => object;
  current: object;
}

// A stub may stay broken after a call failed (workerd 2026-10-23: after every reset), so another one takes its place.
const makers = new WeakMap<object, Maker>();

/** The object called `name`. */
export function getLoomStub<Type extends Rpc.DurableObjectBranded | undefined = undefined>(
  namespace: Namespace<Type>,
  name: string,
  options: LoomStubOptions = {},
): DurableObjectStub<Type> {
  const home = homeOf(namespace, options, `getLoomStub("${name}")`);
  // The platform would take undefined for the name "undefined", one object for all callers.
  if (typeof name !== "string") throw misuse(`getLoomStub: ${String(name)} is no name. Write a string.`);
  return remember(() => home.getByName(name, options));
}

/** The object with the id `hex`, as `stub.id.toString()` gives it. */
export function getLoomStubById<Type extends Rpc.DurableObjectBranded | undefined = undefined>(
  namespace: Namespace<Type>,
  hex: string,
  options: LoomStubOptions = {},
): DurableObjectStub<Type> {
  const home = homeOf(namespace, options, `getLoomStubById("${hex}")`);
  return remember(() => home.get(home.idFromString(hex), options));
}

/** The object called `name` with the methods of `Type`, also when `env` does not say which class the binding is. */
export function getLoomRPCStub<Type extends Rpc.DurableObjectBranded>(
  namespace: Namespace<Type> | DurableObjectNamespace,
  name: string,
  options: LoomStubOptions = {},
): DurableObjectStub<Type> {
  return getLoomStub(namespace as Namespace<Type>, name, options); // an untyped binding has the type the caller names
}

/** A new object with an id of its own and no name; keep `stub.id.toString()` to find it again. */
export function newLoomStub<Type extends Rpc.DurableObjectBranded | undefined = undefined>(
  namespace: Namespace<Type>,
  options: LoomStubOptions = {},
): DurableObjectStub<Type> {
  const home = homeOf(namespace, options, "newLoomStub");
  const id = home.newUniqueId();
  return remember(() => home.get(id, options));
}

/** The stub to call for `stub`: itself, or what took its place. */
export function liveStub<Stub extends object>(stub: Stub): Stub {
  return (makers.get(stub)?.current ?? stub) as Stub; // `remember` keeps stubs with makers of their own kind
}

/** Puts a new stub in the place of `stub`, if Loom made it. */
export function renewStub(stub: object): void {
  const maker = makers.get(stub);
  if (maker) maker.current = maker.make();
}

/** The error for a binding that the Worker does not have. */
export function missingBinding(where: string, binding?: string): Error {
  const what = binding === undefined ? "the namespace is undefined: its binding" : `the binding \`${binding}\``;
  return misuse(`${where}: ${what} is missing. Add it to [[durable_objects.bindings]] in wrangler.toml.`);
}

function homeOf<Type extends Rpc.DurableObjectBranded | undefined>(
  namespace: Namespace<Type>,
  options: LoomStubOptions,
  where: string,
): DurableObjectNamespace<Type> {
  if (!namespace) throw missingBinding(where);
  return options.jurisdiction === undefined ? namespace : namespace.jurisdiction(options.jurisdiction);
}

function remember<Stub extends object>(make: () => Stub): Stub {
  const stub = make();
  makers.set(stub, { make, current: stub });
  return stub;
}
