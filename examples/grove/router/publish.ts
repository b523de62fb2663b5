import { getLoomStub, loomFetch } from "loom-do/worker";
import { z } from "zod";
import { toBase64Url, utf8 } from "../bytes.ts";
import type { GroveEnv, PostContent, PostPreview } from "../types.ts";
import { part } from "./forward.ts";
import type { SiteVisit } from "./visit.ts";

const second = 1_000;

/** What happens in one object and concerns others, on its way through the queue: it says where, not what. */
export const GroveEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("published"),
    site: z.string(),
    tenantId: z.string(),
    author: z.string(),
    slug: z.string(),
  }),
  z.object({ type: z.literal("mail"), bufferId: z.string() }),
]);

export type Published = Extract<z.output<typeof GroveEvent>, { type: "published" }>;

/** A post whose time has been set. */
type Post = PostContent & { readonly publishedAt: number };

interface News {
  /** What the post is called among those of all sites. */
  readonly id: string;
  readonly event: Published;
  readonly post: Post;
  readonly preview: PostPreview;
}

/** Sends word of a post that is published to whoever has to know: D1 and the feeds of the site's followers. */
export async function tellPublished({ env, site }: SiteVisit, response: Response): Promise<void> {
  const { content } = await response.json<{ content: PostContent }>();
  if (content.publishedAt === null) return;
  const { subdomain, displayName, id: tenantId } = site;
  const event: Published = {
    ...{ type: "published", site: subdomain, tenantId, author: displayName.slice(0, 200), slug: content.slug },
  };
  await env.EVENTS?.send(event);
}

/** Carries out what came through the queue; may come twice, and is the same then. */
export async function takePublished(env: GroveEnv, event: Published): Promise<void> {
  if (!env.DB) throw new Error("The binding DB is missing.");
  const post = await findPost(env, event);
  if (!post) return;
  const news: News = { id: await idOf(event), event, post, preview: previewOf(post, event) };
  await env.DB.batch(rowsOf(env.DB, news));
  const query = "SELECT follower_id AS id FROM meadow_follows WHERE followed_tenant_id = ?";
  const { results } = await env.DB.prepare(query).bind(event.site).all<{ id: string }>();
  const item = { postId: news.id, tenantId: event.site, authorId: event.site, preview: news.preview };
  const feeds = results.map(({ id }) => getLoomStub(env.FEEDS, `feed:${id}`));
  await Promise.all(feeds.map((feed) => feed.addToFeed(item)));
}

/** The post as it is by now; undefined when it was taken back. */
async function findPost(env: GroveEnv, { site, slug }: Published): Promise<Post | undefined> {
  const object = getLoomStub(env.POST_CONTENT, `content:${part(site)}:${slug}`);
  const response = await loomFetch(object, "/content");
  if (response.status === 404) return undefined;
  // A copy that R2 does not give now is not to be taken for an empty text.
  if (!response.ok || response.headers.has("Cache-Control")) throw new Error(`No whole post came of ${slug}.`);
  const post = await response.json<PostContent>();
  return post.publishedAt === null ? undefined : { ...post, publishedAt: timeOf(post.publishedAt) };
}

/** A time that has been: nobody's post stays the newest for ever. */
function timeOf(publishedAt: number): number {
  return Math.trunc(Math.min(Math.max(publishedAt, 0), Date.now()));
}

/** What a feed has room for. */
function previewOf({ title, description, publishedAt }: Post, { author }: Published): PostPreview {
  const plain = (text: string) =>
    text
      .replace(/\p{Cc}+/gu, " ")
      .slice(0, 500)
      .toWellFormed();
  return { title: plain(title), excerpt: plain(description), authorName: author, createdAt: publishedAt };
}

/** What a post is called among those of all sites; a long slug is cut, and told from others by its hash. */
async function idOf({ site, slug }: Published): Promise<string> {
  const id = `${site}/${slug}`;
  if (id.length <= 128) return id;
  const hash = toBase64Url(await crypto.subtle.digest("SHA-256", utf8(slug)));
  return `${site}/${slug.slice(0, 20).toWellFormed()}~${hash}`;
}

/** A post as D1 has it: for the site's own figures and exports, and for feeds that are built anew. */
function rowsOf(db: D1Database, news: News): D1PreparedStatement[] {
  return [ownRow(db, news), shownRow(db, news)];
}

function ownRow(db: D1Database, { event: { tenantId }, post }: News): D1PreparedStatement {
  const { slug, title, description, markdownContent, tags, publishedAt } = post;
  const words = markdownContent.split(/\s+/).filter(Boolean).length;
  const statement = db.prepare(
    `INSERT INTO posts (id, tenant_id, slug, title, description, markdown_content, tags, status, word_count, published_at,
       created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'published', ?8, ?9, ?9, ?9)
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description, tags = excluded.tags,
       markdown_content = excluded.markdown_content, word_count = excluded.word_count, updated_at = excluded.updated_at`,
  );
  return statement.bind(
    ...[`${tenantId}:${slug}`, tenantId, slug, title, description, markdownContent],
    ...[JSON.stringify(tags), words, Math.floor(publishedAt / second)],
  );
}

function shownRow(db: D1Database, { id, event: { site, author }, post, preview }: News): D1PreparedStatement {
  const statement = db.prepare(
    `INSERT INTO meadow_posts (id, tenant_id, title, description, author_name, author_subdomain, published_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?2, ?6)
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description`,
  );
  return statement.bind(id, site, preview.title, preview.excerpt, author, Math.floor(post.publishedAt / second));
}
