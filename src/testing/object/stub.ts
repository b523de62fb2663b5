import { untilAborted } from "../socket/response.ts";
import { crossing } from "./errors.ts";
import type { Home } from "./home.ts";
import { callMember, readMember } from "./member.ts";
import { markStub, transfer } from "./transfer.ts";
import type { Wake } from "./wake.ts";

const homes = new WeakMap<object, Home>();

interface Fetching {
  fetch?(request: Request): unknown;
}

/** What callers have of the object that lives at `home`: its methods over RPC, `fetch`, `id` and `name`. */
export function stubOf(home: Home): object {
  const line = new Line(home);
  const shown = { id: home.id, name: home.id.name };
  const own: Record<string, unknown> = {
    ...shown,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetchOver(line, new Request(input, init)),
    dup: () => stub,
  };
  const stub: object = new Proxy(shown, {
    get: (_, name) =>
      typeof name === "symbol" || name === "then" ? undefined : name in own ? own[name] : member(line, name),
    has: () => true,
  });
  homes.set(stub, home);
  return markStub(stub);
}

/** Where the object lives that `stub` calls. */
export function homeOf(stub: object): Home | undefined {
  return homes.get(stub);
}

/** The answer of the object to `request`. */
export function fetchFrom(home: Home, request: Request): Promise<Response> {
  return fetchOver(new Line(home), request);
}

/** One stub's connection: when its object was reset, it stays broken. */
class Line {
  readonly #home: Home;
  #met: Wake | undefined;

  constructor(home: Home) {
    this.#home = home;
  }

  async deliver<Result>(event: (object: object) => Result, name: string): Promise<Awaited<Result>> {
    if (this.#met?.failure) throw crossing(this.#met.failure);
    return this.#home.deliver((object) => {
      this.#met = this.#home.awake();
      return event(object);
    }, name);
  }
}

async function fetchOver(line: Line, request: Request): Promise<Response> {
  const answer = line.deliver(
    async (object: Fetching) => {
      if (typeof object.fetch !== "function") throw new TypeError("Handler does not export a fetch() function.");
      const response = await object.fetch(request);
      if (response instanceof Response) return response;
      throw new TypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'.");
    },
    `${request.method} ${new URL(request.url).pathname}`,
  );
  return untilAborted(request.signal, answer);
}

/** A method to call, or a getter to await. */
function member(line: Line, name: string): unknown {
  const call = async (...args: unknown[]) => {
    const copies = transfer(args) as unknown[];
    return line.deliver(async (object) => transfer(await callMember(object, name, copies)), `${name}()`);
  };
  const read = () => line.deliver(async (object) => transfer(await readMember(object, name)), name);
  return Object.assign(call, {
    // oxlint-disable-next-line unicorn/no-thenable -- what a stub has under a name is called, or awaited
    then: (...settled: Parameters<Promise<unknown>["then"]>) => read().then(...settled),
  });
}
