import worker from "../../../examples/grove/worker.ts";
import { type GroveEvent, takePublished } from "../../../examples/grove/router/publish.ts";
import type { z } from "zod";
import { ask, grove } from "../support/grove.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

/** Where the Worker is: on this machine, where a header says which site is meant. */
export const origin = "http://localhost";

/** What the Worker has sent through the queue, and what it is still busy with. */
export const queue: z.output<typeof GroveEvent>[] = [];

/** The bindings of the Worker; its queue is looked into. */
export const bound = {
  ...grove,
  EVENTS: { send: async (event: z.output<typeof GroveEvent>) => void queue.push(event) },
};

/** A browser on a site: keeps its cookies, and follows no redirects but those of a sign-in. */
export class Browser {
  readonly #site: string | undefined;
  readonly #env: typeof grove;
  readonly #cookies: Map<string, string>;
  // Each by itself, or they would share one address's sign-ins.
  readonly #address = crypto.randomUUID();

  /** `env` has what this browser's Worker is bound to in place of the real objects; the cookies may be another's. */
  constructor(site?: string, env: object = {}, other?: Browser) {
    this.#site = site;
    this.#cookies = other ? other.#cookies : new Map();
    this.#env = { ...bound, ...env } as unknown as typeof grove; // as the Worker is given them
  }

  /** Sends `line` ("PUT /api/drafts/a"); a body that is no string goes as JSON. Whatever it leaves behind is awaited. */
  async send(line: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const [method, path] = line.split(" ") as [string, string];
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const about = {
      Cookie: [...this.#cookies].map((pair) => pair.join("=")).join("; "),
      "User-Agent": "Tests",
      "CF-Connecting-IP": this.#address,
    };
    const site = this.#site === undefined ? {} : { "X-Tenant-Subdomain": this.#site };
    const init = {
      method,
      headers: { ...about, ...site, ...headers },
      redirect: "manual",
      ...(text !== undefined && { body: text }),
    };
    const request = new Request(new URL(path, origin), init as RequestInit) as Incoming;
    const left: Promise<unknown>[] = [];
    const ctx = { waitUntil: (work: Promise<unknown>) => void left.push(work) };
    const response = await worker.fetch(request, this.#env, ctx as ExecutionContext);
    await Promise.all(left);
    this.#keep(response.headers.getSetCookie());
    return response;
  }

  /** The status and what the answer's JSON is, or its text. */
  async ask(line: string, body?: unknown, headers?: Record<string, string>): Promise<[status: number, answer: any]> {
    const response = await this.send(line, body, headers);
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
    return [response.status, isJson ? JSON.parse(text) : text];
  }

  /** Signs in as whoever has an address; their id. */
  async signIn(email: string): Promise<string> {
    let response = await this.send(`GET /auth/login?email=${encodeURIComponent(email)}`);
    while (response.headers.get("Location")?.includes("/auth/")) {
      response = await this.send(`GET ${response.headers.get("Location")!.replace(origin, "")}`);
    }
    const user = await grove.DB.prepare("SELECT id FROM users WHERE email = ?").bind(email).first<{ id: string }>();
    return user!.id;
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) this.#cookies.set(name!, value);
      else this.#cookies.delete(name!);
    }
  }
}

/** A new site of a tier, in D1, with the posts `a` and `hello`, and its owner's browser, signed in. */
export async function newSite(tier = "oak") {
  const subdomain = `site-${crypto.randomUUID().slice(0, 12)}`;
  const email = `${subdomain}@example.com`;
  await grove.DB.prepare(
    "INSERT INTO tenants (id, subdomain, display_name, email, plan, active) VALUES (?, ?, ?, ?, ?, 1)",
  )
    .bind(`id-${subdomain}`, subdomain, "A site", email, tier)
    .run();
  for (const slug of ["a", "hello"]) {
    const post = { tenantId: subdomain, slug, title: "A post" };
    await ask(grove.POST_CONTENT.getByName(`content:${subdomain}:${slug}`), "PUT /content", post);
  }
  const owner = new Browser(subdomain);
  return { subdomain, email, owner, ownerId: await owner.signIn(email) };
}

/** Somebody who is signed in, on a site. */
export async function newReader(subdomain?: string) {
  const email = `reader-${crypto.randomUUID()}@example.com`;
  const browser = new Browser(subdomain);
  return { browser, email, id: await browser.signIn(email) };
}

/** Carries out what waits in the queue. */
export async function drainQueue(): Promise<void> {
  for (const event of queue.splice(0)) if (event.type === "published") await takePublished(grove, event);
}

/** A binding whose objects fail at whatever they are asked. */
export const failing = {
  getByName: () => new Proxy({}, { get: () => () => Promise.reject(new Error("The object does not answer.")) }),
};
