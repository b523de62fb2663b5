import type { NewFile } from "./files.ts";
import { imageNameOf, segmentOf } from "./names.ts";
import type { Step, StepContext } from "./step.ts";

type ListedKind = "image" | "post" | "page";

/** Where in D1 the next rows to list are. */
export interface ListingCursor {
  readonly kind: ListedKind;
  readonly rank: number;
  readonly id: string;
}

interface Row {
  readonly rank: number;
  readonly id: string;
  readonly slug?: unknown;
  readonly r2_key?: string;
  readonly custom_title?: unknown;
  readonly cdn_url?: string | null;
}

const rowsAtOnce = 1_000;
const before = { rank: Number.MIN_SAFE_INTEGER, id: "" };

// What has no date, or no place in the order, comes last.
const queries: Record<ListedKind, string> = {
  image: queryOf("id, r2_key, custom_title, cdn_url", "gallery_images", "COALESCE(-created_at, 0)"),
  post: queryOf("id, slug", "posts", "COALESCE(-created_at, 0)"),
  page: queryOf("id, slug", "pages", "COALESCE(nav_order, 9e15)"),
};
const following: Record<ListedKind, ListedKind | undefined> = { image: "post", post: "page", page: undefined };

/** Lists some of what there is: images first, since the archive begins with them, then posts and pages. */
export const list: Step = async ({ work, env, files }) => {
  const cursor = work.cursor ?? { kind: work.includeImages ? "image" : "post", ...before };
  const rows = await rowsAfter(cursor, { work, env });
  const found = rows.map((row) => fileOf(cursor.kind, row));
  const last = rows.at(-1);
  const isWhole = rows.length < rowsAtOnce || !last;
  const kind = isWhole ? following[cursor.kind] : cursor.kind;
  const save = () => files.add(found);
  const images = work.images + (cursor.kind === "image" ? rows.length : 0);
  const step = images > 0 ? "images" : "texts";
  if (!kind) return { status: { phase: "assembling", progress: 10 }, work: { step, images }, save };
  return { work: { cursor: { kind, ...(isWhole ? before : { rank: last.rank, id: last.id }) }, images }, save };
};

function queryOf(columns: string, table: string, rank: string): string {
  return `SELECT ${rank} AS rank, ${columns} FROM ${table}
    WHERE tenant_id = ? AND (${rank}, id) > (?, ?) ORDER BY 1, id LIMIT ${rowsAtOnce}`;
}

async function rowsAfter({ kind, rank, id }: ListingCursor, { work, env }: Pick<StepContext, "work" | "env">) {
  const statement = env.DB!.prepare(queries[kind]).bind(work.tenantId, rank, id); // a step starts with the row in D1
  return (await statement.all<Row>()).results;
}

function fileOf(kind: ListedKind, row: Row): NewFile {
  const source = row.id;
  if (kind === "image") {
    const { r2_key, custom_title, id, cdn_url = null } = row;
    const [stem, extension] = imageNameOf({ r2_key, custom_title, id });
    return { kind, source, folder: "images/", stem, extension, r2Key: String(r2_key), cdnUrl: cdn_url };
  }
  const stem = segmentOf(row.slug) || segmentOf(row.id) || kind;
  return { kind, source, folder: kind === "post" ? "blooms/" : "pages/", stem, extension: ".md" };
}
