/** One object, wherever it runs. */
export interface Opened<Instance extends Rpc.DurableObjectBranded = never> {
  /** The object as callers have it. */
  readonly stub: DurableObjectStub<Instance>;
  /** A new stub of it: one whose object was reset stays broken. */
  again(): DurableObjectStub<Instance>;
  /** Runs `look` inside the object. */
  inside<Result>(look: (object: Instance, ctx: DurableObjectState) => Result | Promise<Result>): Promise<Result>;
  /** Takes it out of memory. */
  evict(): Promise<void>;
  /** Runs the alarm that is set, whenever it is due; false if there is none. */
  ring(): Promise<boolean>;
}

/** Where the suite runs. */
export interface Driver {
  open<Instance extends Rpc.DurableObjectBranded>(className: string, name?: string): Opened<Instance>;
}

/** What `work` returns, or how it fails: `Name: message`, without what only workerd can say. */
export async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return plain(await work());
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.replace(/ at offset \d+/, "")}`;
  }
}

/** `value` as it can be compared and sent: buffers as their bytes. */
function plain(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
