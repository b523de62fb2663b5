type Method = (...args: unknown[]) => unknown;

const reserved = new Set(["alarm", "webSocketMessage", "webSocketClose", "webSocketError", "constructor", "dup"]);

/** Calls the method `name` as an RPC caller may: one of the class's prototypes, and no own property hides it. */
export function callMember(object: object, name: string, args: readonly unknown[]): unknown {
  const method = readMember(object, name);
  if (typeof method !== "function") throw new TypeError(`"${name}" is not a function.`);
  return (method as Method).apply(object, [...args]);
}

/** What an RPC caller reads under `name`. */
export function readMember(object: object, name: string): unknown {
  if (reserved.has(name)) throw new TypeError(`'${name}' is a reserved method and cannot be called over RPC.`);
  const descriptor = Object.hasOwn(object, name) ? undefined : inherited(object, name);
  if (!descriptor) throw new TypeError(`The RPC receiver does not implement the method "${name}".`);
  return descriptor.get ? (descriptor.get.call(object) as unknown) : descriptor.value;
}

function inherited(object: object, name: string): PropertyDescriptor | undefined {
  let prototype = Object.getPrototypeOf(object) as object;
  while (prototype !== Object.prototype) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    if (descriptor) return descriptor;
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return undefined;
}
