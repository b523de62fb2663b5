import { handleOAuthCallback } from "../../../examples/grove/auth/callback.ts";
import { showProvider, startSignIn } from "../../../examples/grove/auth/sign-in.ts";
import type { GroveEnv } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

export const chrome =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** The store of the provider behind the binding. */
export const grants = (grove as unknown as { readonly GRANTS: KVNamespace }).GRANTS; // bound by options.ts

/** A browser as far as a sign-in needs one: a host that it is on, and cookies that it brings back. */
export class Browser {
  readonly #origin: string;
  readonly #env: GroveEnv;
  readonly cookies = new Map<string, string>();

  constructor(origin = "https://auth.grove.place", env: GroveEnv = grove) {
    this.#origin = origin;
    this.#env = env;
  }

  request(line: string, headers: Record<string, string> = {}): Request {
    const [method, path] = line.split(" ") as [string, string];
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const usual = { "User-Agent": chrome, "CF-Connecting-IP": "192.0.2.7", Cookie: cookie };
    return new Request(new URL(path, this.#origin), { method, headers: { ...usual, ...headers } });
  }

  /** Takes over the cookies of an answer. */
  take(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (line.includes("Max-Age=0")) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return response;
  }

  /** Asks for a path of its own with one of the Worker's functions. */
  async ask(line: string, work: (request: Request, env: GroveEnv) => Promise<Response>): Promise<Response> {
    return this.take(await work(this.request(line), this.#env));
  }

  /** Goes to the provider and comes back: the address that it comes back to. */
  async goToProvider(email: string, name = "Moss"): Promise<URL> {
    const query = new URLSearchParams({ email, name });
    const toPage = await this.ask(`GET /auth/login?${query}`, startSignIn);
    const page = new URL(toPage.headers.get("Location")!);
    const back = await this.ask(`GET ${page.pathname}${page.search}`, showProvider);
    return new URL(back.headers.get("Location")!);
  }

  async signIn(email = `${crypto.randomUUID()}@example.com`, name?: string): Promise<Response> {
    const { pathname, search } = await this.goToProvider(email, name);
    return this.ask(`GET ${pathname}${search}`, handleOAuthCallback);
  }
}

/** A browser that is signed in, and whom the provider takes it for. */
export async function signedIn(origin?: string) {
  const email = `${crypto.randomUUID()}@example.com`;
  const browser = new Browser(origin);
  await browser.signIn(email);
  return { browser, email, user: await userOf(email) };
}

/** A user as D1 has it. */
export async function userOf(email: string) {
  const row = await grove.DB.prepare("SELECT * FROM users WHERE email = ?").bind(email).first<Record<string, string>>();
  return row as { readonly id: string; readonly name: string } | null; // the columns that tests look at
}

/** D1 that fails whatever it is asked. */
export const brokenD1 = {
  prepare: () => {
    throw new Error("D1_ERROR: no such table: SECRET_TABLE");
  },
} as unknown as D1Database; // what the Worker uses of a database

/** What an answer says: its status and its JSON. */
export async function said(response: Response): Promise<readonly [number, unknown]> {
  return [response.status, await response.json()];
}
