import type { Answer, Ask, Asleep, SeenError } from "./asked.ts";

type Namespaces = Record<string, DurableObjectNamespace>;

export default {
  async fetch(request: Request, env: Namespaces): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === "/rpc") return Response.json(await answer((await request.json()) as Ask, env));
    if (url.pathname === "/evict") return Response.json(await evict((await request.json()) as Asleep, env));
    const [, className, name, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    url.pathname = `/${rest.join("/")}`;
    try {
      return await env[className!]!.getByName(name!).fetch(new Request(url, request));
    } catch (error) {
      return Response.json({ error: seen(error) }, { status: 599 });
    }
  },
};

/** Takes the object out of memory; its sockets hibernate. */
async function evict({ className, name }: Asleep, env: Namespaces): Promise<Answer> {
  try {
    const { default: unsafe } = await import("workerd:unsafe");
    await unsafe.evict(env[className]!.getByName(name), { webSockets: "hibernate" });
    return { value: "evicted" };
  } catch (error) {
    return { error: seen(error) };
  }
}

async function answer(ask: Ask, env: Namespaces): Promise<Answer> {
  // any: the point of a test is to ask for members that no type knows.
  let target = env[ask.className]!.getByName(ask.name) as any;
  const path = ask.member.split(".");
  const member = path.pop()!;
  try {
    for (const name of path) target = target[name];
    const value: unknown = await (ask.args === undefined ? target[member] : target[member](...ask.args));
    return { value: typeof value === "function" ? "a function" : (value ?? null) };
  } catch (error) {
    return { error: seen(error) };
  }
}

function seen(error: unknown): SeenError {
  const thrown = error as Error & Record<string, unknown>;
  const names = Object.getOwnPropertyNames(thrown).filter((name) => name !== "message" && name !== "stack");
  return {
    class: thrown.constructor.name,
    message: thrown.message,
    own: Object.fromEntries(names.map((name) => [name, plain(thrown[name])])),
  };
}

function plain(value: unknown): unknown {
  return value instanceof Error ? `${value}` : value;
}
