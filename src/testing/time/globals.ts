import { outside, running } from "../object/context.ts";
import { real } from "../node.ts";
import { MockSocket } from "../socket/socket.ts";
import { MockRequestResponsePair, MockSocketPair } from "../socket/pair.ts";
import { streaming, upgradable } from "../socket/response.ts";
import { clearTimer, setRepeated, setTimer } from "./timers.ts";

const wait = (delay: number) => new Promise<void>((resolve) => void globalThis.setTimeout(resolve, delay));

const missing = {
  WebSocketPair: MockSocketPair,
  WebSocketRequestResponsePair: MockRequestResponsePair,
  scheduler: { wait },
};

const ofObjects: DateConstructor = new Proxy(real.Date, {
  get: (target, key) => (key === "now" ? now : (Reflect.get(target, key) as unknown)),
  apply: () => new real.Date(now()).toString(),
  construct: (target, args, made) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], made === ofObjects ? target : made) as Date,
});

const { fetch: fetchNatively } = globalThis;

const fetchFromObject: typeof fetch = async (input, init) => {
  const wake = running.getStore()?.wake;
  // What a turn calls leaves when its writes are on disk, or never.
  if ((await wake?.home.disk.settling) === false || wake?.isOver) return new Promise<never>(() => {});
  // Node's own implementation takes `setTimeout` for Node's: in an object's code that is the object's.
  return outside(() => fetchNatively(input, init));
};

// What Node has by now, and what stands in its place.
const replaced: readonly (readonly [name: string, native: unknown, replacement: unknown])[] = [
  ["Date", real.Date, ofObjects],
  ["setTimeout", setTimeout, setTimer],
  ["setInterval", setInterval, setRepeated],
  ["clearTimeout", clearTimeout, clearTimer],
  ["clearInterval", clearInterval, clearTimer],
  ["fetch", fetchNatively, fetchFromObject],
  ["Response", Response, upgradable(Response)],
  ["Request", Request, streaming(Request)],
];

/** Gives Node what workerd has; in the code of objects the time is theirs. What a test has faked stays. */
export function installGlobals(): void {
  const found = globalThis as unknown as Record<string, unknown>;
  for (const [name, native, replacement] of replaced) if (found[name] === native) found[name] = replacement;
  if (found["WebSocketPair"]) return;
  Object.assign(found, missing);
  Object.defineProperty(Response.prototype, "webSocket", { value: null, writable: true, configurable: true });
  Object.setPrototypeOf(MockSocket.prototype, WebSocket.prototype as object);
  real.Date.prototype.constructor = ofObjects;
  const { subtle } = crypto as unknown as { subtle: { timingSafeEqual?: typeof isEqual } };
  subtle.timingSafeEqual ??= isEqual;
}

function now(): number {
  return running.getStore()?.wake.now() ?? real.now();
}

function isEqual(left: ArrayBuffer | ArrayBufferView, right: ArrayBuffer | ArrayBufferView): boolean {
  const [a, b] = [bytes(left), bytes(right)];
  if (a.length !== b.length) throw new TypeError("Input buffers must have the same byte length");
  return a.reduce((difference, byte, index) => difference | (byte ^ b[index]!), 0) === 0;
}

function bytes(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
