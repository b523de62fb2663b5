import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { PostContentDO } from "../../examples/grove/objects/post-content.ts";

test("x", async () => {
  const stub = (env as any).POST_CONTENT.getByName("content:t:s");
  const send = async (m: string, p: string, b?: unknown) => { const r = await stub.fetch("https://x" + p, { method: m, ...(b === undefined ? {} : { body: typeof b === "string" ? b : JSON.stringify(b) }) }); return [r.status, Object.fromEntries(r.headers), await r.text()]; };
  const all = [];
  all.push(await send("GET", "/content"));
  all.push(await send("PUT", "/content", { tenantId: "t", slug: "s", title: "T", htmlContent: "<p>" }));
  all.push(await send("GET", "/content"));
  all.push(await send("GET", "/content/html"));
  all.push(await send("POST", "/content/migrate", { r2Key: "a.json" }));
  all.push(await send("GET", "/content"));
  all.push(await send("GET", "/content/html"));
  all.push(await send("PATCH", "/content", { tags: ["x"] }));
  all.push(await send("PATCH", "/content", { markdownContent: "# x" }));
  all.push(await send("POST", "/content/invalidate", "whatever"));
  all.push(await send("PUT", "/content", { tenantId: "t", slug: "s", title: 5 }));
  all.push(await send("PUT", "/content", "null"));
  all.push(await send("PATCH", "/content", {}));
  console.log(all.map((x) => JSON.stringify(x)).join("\n"));
  console.log(await (env as any).IMAGES.list());
});
