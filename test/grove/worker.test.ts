import { beforeAll, expect, test } from "vitest";
import worker from "../../examples/grove/worker.ts";
import { type Answer, grove, json, noRoute, says } from "./support/grove.ts";
import { groveNames } from "./support/names.ts";
import { hello } from "./post-content/posts.ts";
import { prepareDatabase } from "./support/database.ts";

type Incoming = Parameters<typeof worker.fetch>[0];

const anythingElse = says(200, "Grove Durable Objects Worker");

beforeAll(prepareDatabase);

async function ask(line: string, init: RequestInit = {}): Promise<Answer> {
  const [method, path] = line.split(" ") as [string, string];
  const request = new Request(`https://grove${path}`, { ...init, method }) as Incoming;
  const response = await worker.fetch(request, grove);
  return [response.status, response.headers.get("Content-Type"), await response.text()];
}

test("GET /health names the classes", async () => {
  expect(await ask("GET /health")).toEqual(
    json({ status: "ok", service: "grove-durable-objects", classes: Object.keys(groveNames) }),
  );
});

test.for(["GET /", "GET /config", "POST /health", "GET /api", "GET /health/x", "GET /api/posts/acme"])(
  "%s is answered as any other path",
  async (line) => {
    expect(await ask(line)).toEqual(anythingElse);
  },
);

test("a post is reached by its tenant and slug", async () => {
  const put = await ask("PUT /api/posts/acme/hello/content", { body: JSON.stringify(hello) });

  expect(put[0]).toBe(200);
  expect(await ask("GET /api/posts/acme/hello/content/html")).toEqual([200, "text/html", hello.htmlContent]);
  expect(await ask("GET /api/posts/acme/other/content")).toEqual(says(404, "Content not found"));
  expect(await ask("GET /api/posts/acme/hello/nothing")).toEqual(noRoute);
});

test("the object has the name that Grove's other Workers use", async () => {
  await ask("PUT /api/posts/acme/named/content", { body: JSON.stringify(hello) });

  const response = await grove.POST_CONTENT.getByName("content:acme:named").fetch("https://grove/content/html");

  expect(await response.text()).toBe(hello.htmlContent);
});

test("a colon in a tenant's id does not lead to another tenant's post", async () => {
  await ask("PUT /api/posts/a/b:c/content", { body: JSON.stringify(hello) });

  expect(await ask("GET /api/posts/a:b/c/content")).toEqual(says(404, "Content not found"));
});

test("a tenant is reached by its path, or by the header with the object's own paths", async () => {
  const headers = { "X-Tenant-Subdomain": "willow" };
  const body = JSON.stringify({ content: "text", metadata: {}, deviceId: "phone" });

  const byPath = await ask("GET /api/tenants/willow/config");
  const byHeader = await ask("GET /config", { headers });
  await ask("PUT /drafts/a%2Fb", { headers, body });

  expect(JSON.parse(byPath[2])).toMatchObject({ id: "t-willow", tier: "oak", theme: { accent: "teal" } });
  expect(byHeader).toEqual(byPath);
  expect(JSON.parse((await ask("GET /api/tenants/willow/drafts/a%2Fb"))[2])).toMatchObject({ slug: "a/b" });
});

test("the seed has a tenant of each kind", async () => {
  const configs = await Promise.all(["rowan", "hazel", "elder"].map((name) => ask(`GET /api/tenants/${name}/config`)));

  expect(configs.map(([, , text]) => JSON.parse(text))).toMatchObject([
    { tier: "sapling", theme: null },
    { tier: "seedling" },
    { tier: "evergreen" },
  ]);
  expect(await ask("GET /api/tenants/aspen/config")).toEqual(says(404, "Tenant not found"));
});
