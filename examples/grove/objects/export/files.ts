import type { SqlHelper } from "loom-do";
import type { ExportCounts } from "../../types.ts";
import type { Archive } from "./archive.ts";

export type FileKind = "post" | "page" | "image" | "readme";

/** What is known of a file before it is in the archive. */
export interface NewFile {
  readonly kind: FileKind;
  /** Its id in D1. */
  readonly source: string;
  readonly folder: string;
  readonly stem: string;
  readonly extension: string;
  readonly r2Key?: string;
  readonly cdnUrl?: string | null;
}

export interface ListedFile {
  /** Its place in the archive. */
  readonly place: number;
  readonly kind: FileKind;
  readonly source: string;
  readonly path: string;
  readonly r2_key: string | null;
}

/** The tables of an export: its files, the parts that R2 has, what is below a part's size. */
export const tables = `
  CREATE TABLE IF NOT EXISTS files (
    place INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, path TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE, r2_key TEXT, cdn_url TEXT, entry BLOB
  );
  CREATE INDEX IF NOT EXISTS files_by_url ON files (cdn_url) WHERE cdn_url IS NOT NULL;
  CREATE TABLE IF NOT EXISTS parts (number INTEGER PRIMARY KEY, etag TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS tail (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
`;

/** The files of an archive, a row each: what is still to do, and the directory of what is done. */
export class Files {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Lists `files` behind those that are there, and returns the last one's place. A path that is taken gets `-2`. */
  add(files: readonly NewFile[]): number {
    const tried = new Map<string, number>();
    for (const file of files) {
      const path = this.#freePath(file, tried);
      const { kind, source, r2Key = null, cdnUrl = null } = file;
      this.#sql`INSERT INTO files (kind, source, path, folded, r2_key, cdn_url)
        VALUES (${kind}, ${source}, ${path}, ${folded(path)}, ${r2Key}, ${cdnUrl})`;
    }
    return this.#sql<{ place: number }>`SELECT max(place) AS place FROM files`[0]!.place;
  }

  /** Up to `limit` files behind `place`. */
  after(place: number, limit: number): ListedFile[] {
    return this.#sql<ListedFile>`SELECT place, kind, source, path, r2_key FROM files
      WHERE place > ${place} ORDER BY place LIMIT ${limit}`;
  }

  /** Notes which files are in the archive, each with its line of the directory, and saves the archive. */
  store(entries: ReadonlyMap<number, Uint8Array>, archive: Archive): void {
    archive.save();
    for (const [place, entry] of entries) this.#sql`UPDATE files SET entry = ${entry} WHERE place = ${place}`;
  }

  /** Forgets all of it, and what is kept of the archive. */
  clear(): void {
    this.#sql.exec("DELETE FROM files; DELETE FROM parts; DELETE FROM tail");
  }

  /** Up to `limit` lines of the directory behind `place`. */
  directory(place: number, limit: number): { place: number; entry: ArrayBuffer }[] {
    return this.#sql<{ place: number; entry: ArrayBuffer }>`SELECT place, entry FROM files
      WHERE place > ${place} AND entry IS NOT NULL ORDER BY place LIMIT ${limit}`;
  }

  /** The path of the image that is shown at `url`, if the archive has it. */
  pathOf(url: string): string | undefined {
    return this.#sql<{ path: string }>`SELECT path FROM files
      WHERE cdn_url = ${url} AND entry IS NOT NULL ORDER BY place LIMIT 1`[0]?.path;
  }

  /** How many files there are in the archive, of each kind that is told. */
  get counts(): ExportCounts {
    const rows = this.#sql<{
      kind: string;
      count: number;
    }>`SELECT kind, count(entry) AS count FROM files GROUP BY kind`;
    const counts = new Map(rows.map(({ kind, count }) => [kind, count]));
    const of = (kind: FileKind) => counts.get(kind) ?? 0;
    return { posts: of("post"), pages: of("page"), images: of("image") };
  }

  /** How many files there are in the archive in all. */
  get stored(): number {
    return this.#sql<{ count: number }>`SELECT count(entry) AS count FROM files`[0]!.count;
  }

  /** The names of the images that are not in the archive, once all have had their turn. */
  get skippedImages(): string[] {
    const rows = this.#sql<{ path: string }>`SELECT path FROM files
      WHERE kind = 'image' AND entry IS NULL ORDER BY place`;
    return rows.map(({ path }) => path.slice("images/".length));
  }

  // Names are compared as file systems do that know no case. `tried` spares a thousand of one name the same search.
  #freePath({ folder, stem, extension }: NewFile, tried: Map<string, number>): string {
    const wanted = `${folder}${stem}${extension}`;
    for (let number = tried.get(folded(wanted)) ?? 1; ; number += 1) {
      const path = number === 1 ? wanted : `${folder}${stem}-${number}${extension}`;
      if (this.#sql`SELECT 1 FROM files WHERE folded = ${folded(path)}`.length > 0) continue;
      tried.set(folded(wanted), number + 1);
      return path;
    }
  }
}

function folded(path: string): string {
  return path.toLowerCase();
}
