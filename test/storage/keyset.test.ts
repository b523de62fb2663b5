import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Keyset, type SqlHelper } from "../../src/storage.ts";
import { inside, thrownBy } from "./inside.ts";

interface Post {
  readonly id: string;
  readonly score: number;
}

const table = "CREATE TABLE posts (id TEXT PRIMARY KEY, score REAL NOT NULL) WITHOUT ROWID";
const best = new Keyset<Post>(["score", "id"], { descending: true });
const byId = new Keyset<Post>(["id"]);

function pageOf(sql: SqlHelper, keyset: Keyset<Post>, limit: number, cursor?: string) {
  const page = keyset.page(limit, cursor);
  const query = `SELECT * FROM posts WHERE ${page.where} ORDER BY ${page.order} LIMIT ${page.limit}`;
  return page.of(sql.queryAll<Post>(query, ...page.bindings));
}

function addPost(sql: SqlHelper, { id, score }: Post) {
  sql`INSERT OR REPLACE INTO posts VALUES (${id}, ${score})`;
}

/** Every page from the first to the last. */
function walk(sql: SqlHelper, keyset: Keyset<Post>, limit: number, between: () => void = () => {}) {
  const pages: Post[][] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = pageOf(sql, keyset, limit, cursor);
    pages.push(page.rows);
    cursor = page.nextCursor;
    if (pages.length > 100) throw new Error("the pages do not end");
    between();
  }
  return pages;
}

const posts = fc.uniqueArray(
  fc.record({ id: fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }), score: fc.constantFrom(0, 1, 1.5, -2) }),
  { selector: ({ id }) => id, maxLength: 12 },
);

test("the pages together are the rows in their order, each row once", () =>
  fc.assert(
    fc.asyncProperty(posts, fc.integer({ min: 1, max: 5 }), async (rows, limit) => {
      const [pages, all] = await inside(({ sql }) => {
        sql.exec(table);
        for (const row of rows) addPost(sql, row);
        return [walk(sql, best, limit), sql.queryAll<Post>("SELECT * FROM posts ORDER BY score DESC, id DESC")];
      });

      expect(pages.flat()).toEqual(all);
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    }),
    { numRuns: 50 },
  ));

test("rows that come and go between pages neither repeat nor hide another", () =>
  fc.assert(
    fc.asyncProperty(posts, posts, async (rows, later) => {
      const [seen, newcomers] = await inside(({ sql }) => {
        sql.exec(table);
        for (const row of rows) addPost(sql, row);
        const fresh = later.filter(({ id }) => !rows.some((row) => row.id === id));
        const waiting = [...fresh];
        const pages = walk(sql, best, 2, () => waiting.splice(0, 1).forEach((row) => addPost(sql, row)));
        return [pages.flat().map(({ id }) => id), fresh.map(({ id }) => id)] as const;
      });

      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => !newcomers.includes(id)).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    }),
    { numRuns: 50 },
  ));

test("the last page has no cursor, be it full, short or empty", async () => {
  const cursors = await inside(({ sql }) => {
    sql.exec(table);
    const empty = pageOf(sql, byId, 2);
    for (const id of ["a", "b"]) addPost(sql, { id, score: 1 });
    return [empty, pageOf(sql, byId, 2), pageOf(sql, byId, 3)].map((page) => "nextCursor" in page);
  });

  expect(cursors).toEqual([false, false, false]);
});

test("a cursor can stand in an address as it is, whatever its row holds", async () => {
  const [cursor, next] = await inside(({ sql }) => {
    sql.exec(table);
    for (const id of ["é?>~\u{1f33f}", "\u{1f33f}\u{1f33f}"]) addPost(sql, { id, score: 1e-7 });
    const first = pageOf(sql, best, 1);
    return [first.nextCursor!, pageOf(sql, best, 1, first.nextCursor).rows];
  });

  expect(cursor).toMatch(/^[\w-]+$/);
  expect(next).toEqual([{ id: "é?>~\u{1f33f}", score: 1e-7 }]);
});

test.for([
  "",
  "nonsense",
  "%%%",
  "W10",
  "WyJzY29yZSBERVNDIl0",
  btoa('["score DESC, id DESC",1,null]'),
  btoa('["score DESC, id DESC",1]'),
  btoa("{}"),
])("%j is no cursor: a 400 that says so", (cursor) => {
  const error = thrownBy(() => best.page(2, cursor));

  expect(error).toMatchObject({ code: "GROVE-LOOM-024", status: 400, message: "GROVE-LOOM-024: Invalid cursor" });
  expect(error).toMatchObject({ issues: [{ message: "Invalid cursor", path: ["cursor"] }] });
});

test("a cursor of another order is refused", async () => {
  const cursor = await inside(({ sql }) => {
    sql.exec(table);
    for (const id of ["a", "b"]) addPost(sql, { id, score: 1 });
    return pageOf(sql, byId, 1).nextCursor;
  });

  expect(() => best.page(1, cursor)).toThrow("Invalid cursor");
  expect(() => new Keyset<Post>(["id"], { descending: true }).page(1, cursor)).toThrow("Invalid cursor");
});

test("a page reads one row more than it has, by the index", async () => {
  const read = await inside((object) => {
    object.sql.exec(table);
    for (const id of Array.from({ length: 50 }, (_, at) => `post-${String(at).padStart(2, "0")}`))
      addPost(object.sql, { id, score: 1 });
    const { nextCursor } = pageOf(object.sql, byId, 20);
    return object.rowsRead(() => pageOf(object.sql, byId, 5, nextCursor));
  });

  expect(read).toBe(6);
});

test("the same pages come from D1", async () => {
  const db = (env as unknown as { SUITE_D1: D1Database }).SUITE_D1; // bound by vitest.config.ts
  await db.batch(["DROP TABLE IF EXISTS posts", table].map((statement) => db.prepare(statement)));
  await db.prepare("INSERT INTO posts VALUES ('a', 2), ('b', 1), ('c', 1)").run();
  const read = async (cursor?: string) => {
    const page = best.page(2, cursor);
    const query = `SELECT * FROM posts WHERE ${page.where} ORDER BY ${page.order} LIMIT ${page.limit}`;
    const { results } = await db
      .prepare(query)
      .bind(...page.bindings)
      .all<Post>();
    return page.of(results);
  };

  const first = await read();
  const second = await read(first.nextCursor);

  expect([first, second].map(({ rows }) => rows.map(({ id }) => id))).toEqual([["a", "c"], ["b"]]);
});

test.for<[string, () => unknown]>([
  ["name the columns", () => new Keyset<Post>([])],
  ['new Keyset(["id; --"])', () => new Keyset(["id; --" as keyof Post])],
  ["a page has one row or more", () => byId.page(0)],
  ["a page has one row or more", () => byId.page(1.5)],
  ["`score` of a row is no text and no number", () => best.page(1).of([{ id: "a" }, { id: "b" }] as Post[])],
])("a developer's mistake says what to write: %s", ([message, mistake]) => {
  expect(thrownBy(mistake)).toMatchObject({ code: "GROVE-LOOM-080", message: expect.stringContaining(message) });
});
