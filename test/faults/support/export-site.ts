import type { GroveRuntime } from "./grove-runtime.ts";

const MiB = 1024 ** 2;
const images = Array.from({ length: 31 }, (_, at) => at);
const text = (at: number) => `Post ${at}. `.repeat(100_000);

/** Gives a site posts, a page and 31 images, of which one takes several parts. */
export async function fillSite(runtime: GroveRuntime, tenantId: string): Promise<void> {
  const database = await runtime.database();
  const bucket = await runtime.bucket("IMAGES");
  const post =
    "INSERT INTO posts (id, tenant_id, slug, created_at, markdown_content) VALUES (?1 || ?2, ?1, 'post', ?2, ?3)";
  const page = "INSERT INTO pages (id, tenant_id, slug, markdown_content) VALUES (?1, ?1, 'about', 'About me')";
  const image = "INSERT INTO gallery_images (id, tenant_id, r2_key, created_at) VALUES (?1 || ?2, ?1, ?3, ?2)";
  const key = (at: number) => `${tenantId}/image-${at}.png`;
  await database.batch([
    ...[1, 0].map((at) => database.prepare(post).bind(tenantId, at, text(at))),
    database.prepare(page).bind(tenantId),
    ...images.map((at) => database.prepare(image).bind(tenantId, 100 - at, key(at))),
  ]);
  await Promise.all(images.map((at) => bucket.put(key(at), imageAt(at))));
}

/** What the archive of such a site has to hold, but for its README.md and front matter. */
export function isWhole(files: Readonly<Record<string, Uint8Array>>): boolean {
  const found = (path: string) => new TextDecoder().decode(files[path]);
  return (
    Object.keys(files).length === 35 &&
    images.every((at) => Buffer.from(imageAt(at)).equals(files[`images/image-${at}.png`] ?? new Uint8Array())) &&
    found("blooms/post.md").endsWith(text(1)) &&
    found("blooms/post-2.md").endsWith(text(0)) &&
    found("pages/about.md").endsWith("About me") &&
    found("README.md").startsWith("# Grove export")
  );
}

function imageAt(at: number): Uint8Array {
  return Uint8Array.from({ length: at === 3 ? 12 * MiB : 1_000 + at }, (_, place) => (place * (at + 7)) >>> 3);
}
