import { unzipSync } from "fflate";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { advanceTo, filesOf, finish, isSame, noise, startedExport, statusOf, textsOf, zipOf } from "./exports.ts";

const MiB = 1024 ** 2;
const bytes = (length: number) => new Uint8Array(length);

beforeAll(prepareDatabase);

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0) });
});

afterEach(() => void vi.useRealTimers());

const fullPost = {
  ...{
    slug: "hello",
    title: "Hello",
    description: "A post",
    markdown_content: "# Hello\n\nText.",
    tags: '["a","b c"]',
  },
  ...{ status: "published", featured_image: "https://cdn.example/a.png", published_at: 1_700_000_000 },
  ...{ created_at: 1_600_000_000, updated_at: 1_800_000_000 },
};

test("a post is its front matter, an empty line and its text", async () => {
  const made = await startedExport({ posts: [fullPost] });

  await finish(made);

  expect((await textsOf(made))["blooms/hello.md"]).toBe(`---
title: "Hello"
description: "A post"
slug: "hello"
tags: ["a", "b c"]
status: "published"
featured_image: "https://cdn.example/a.png"
published_at: 2023-11-14T22:13:20.000Z
created_at: 2020-09-13T12:26:40.000Z
updated_at: 2027-01-15T08:00:00.000Z
---

# Hello

Text.`);
});

test("a page is likewise", async () => {
  const page = { slug: "about", title: "About", description: "Me", markdown_content: "I.", type: "about" };
  const made = await startedExport({ pages: [{ ...page, created_at: 1_600_000_000, updated_at: 1_800_000_000 }] });

  await finish(made);

  expect((await textsOf(made))["pages/about.md"]).toBe(`---
title: "About"
description: "Me"
slug: "about"
type: "about"
created_at: 2020-09-13T12:26:40.000Z
updated_at: 2027-01-15T08:00:00.000Z
---

I.`);
});

test.for<[string, Readonly<Record<string, unknown>>, string]>([
  ["quotes and backslashes", { title: 'a "b" \\c' }, 'title: "a \\"b\\" \\\\c"\n'],
  ["ends of lines and tabs", { title: "a\nb\rc\td" }, 'title: "a\\nb\\rc\\td"\n'],
  ["what YAML has no room for", { title: "a\u0000b\u2028c" }, 'title: "a\\u0000b\\u2028c"\n'],
  ["a tag that would end the list", { tags: '["a\\"]"]' }, 'tags: ["a\\"]"]\n'],
  ["a description that is empty", { title: "t", description: "" }, 'title: "t"\nslug:'],
  ["a title that is missing", { title: null }, 'title: ""\n'],
])("%s in front matter", async ([, post, line]) => {
  const made = await startedExport({ posts: [{ slug: "hello", ...post }] });

  await finish(made);

  expect((await textsOf(made))["blooms/hello.md"]).toContain(line);
});

test("a featured image is the file in the archive, if the archive has it", async () => {
  const [here, lost] = [`https://cdn/${crypto.randomUUID()}`, `https://cdn/${crypto.randomUUID()}`];
  const made = await startedExport({
    posts: [
      { slug: "here", featured_image: here },
      { slug: "lost", featured_image: lost },
    ],
    images: [
      { custom_title: "Cat", cdn_url: here },
      { custom_title: "Dog", cdn_url: lost, bytes: null },
    ],
  });

  await finish(made);

  const files = await textsOf(made);
  expect(files["blooms/here.md"]).toContain('featured_image: "images/Cat.png"\n');
  expect(files["blooms/lost.md"]).toContain(`featured_image: "${lost}"\n`);
});

test("without images the featured image stays a link", async () => {
  const url = `https://cdn/${crypto.randomUUID()}`;
  const content = { posts: [{ slug: "here", featured_image: url }], images: [{ cdn_url: url }] };
  const made = await startedExport(content, { asked: { includeImages: false } });

  await finish(made);

  expect((await textsOf(made))["blooms/here.md"]).toContain(`featured_image: "${url}"\n`);
});

test("README.md says what is inside, what is not, how to use it and whose it is", async () => {
  const made = await startedExport({
    posts: [{}, {}],
    pages: [{}],
    images: [{}, { custom_title: "Lost cat", bytes: null }],
  });

  await finish(made);

  const readme = (await textsOf(made))["README.md"]!;
  const headings = ["# Grove export of willow", "## What is inside", "## Skipped images"];
  expect(readme.match(/^#.*$/gm)).toEqual([...headings, "## How to use it", "## Ownership"]);
  expect(readme).toContain("- `blooms/`: 2 posts, drafts included\n- `pages/`: 1 page\n- `images/`: 1 image\n");
  expect(readme).toContain("\n- Lost-cat.png\n");
});

test("README.md of an export without images, or without lost ones, has no such heading", async () => {
  const made = await startedExport({ images: [{}] }, { asked: { includeImages: false } });

  await finish(made);

  const readme = (await textsOf(made))["README.md"]!;
  expect(readme).not.toContain("## Skipped images");
  expect(readme).toContain("- Images are not part of this export.\n");
});

test("texts are deflated, images stored", async () => {
  const made = await startedExport({ posts: [{}], pages: [{}], images: [{ bytes: bytes(1_000) }] });
  await finish(made);
  const methods: Record<string, number> = {};

  unzipSync(await zipOf(made.exportId), {
    filter: ({ name, compression }) => {
      methods[name] = compression;
      return false;
    },
  });

  expect(methods).toEqual({ "blooms/post-0.md": 8, "pages/page-0.md": 8, "README.md": 8, "images/image-0.png": 0 });
});

test.for<[string, Readonly<Record<string, unknown>>, string]>([
  ["its title and the key's extension", { custom_title: "My cat!", r2_key: "k/x.JPG" }, "My-cat.JPG"],
  ["the key's last segment without a title", { custom_title: null, r2_key: "a/b/photo 1.png" }, "photo-1.png"],
  ["its id without either", { id: "i-7", r2_key: "a/" }, "i-7"],
  ["a title of nothing usable", { custom_title: "///", r2_key: "k/x.png" }, "x.png"],
  ["letters of any script", { custom_title: "Кот 猫", r2_key: "k/x.png" }, "Кот-猫.png"],
  ["an extension that is none", { custom_title: "cat", r2_key: "k/x.p/../n.g?g" }, "cat"],
])("an image is named after %s", async ([, image, name]) => {
  const made = await startedExport({ images: [{ bytes: null, ...image }] });

  await finish(made);

  expect((await textsOf(made))["README.md"]).toContain(`\n- ${name}\n`);
});

test("more than 30 MB of images, one of them larger than any part, arrive whole", { timeout: 30_000 }, async () => {
  const sizes = [12 * MiB + 7, 1, 5 * MiB, 5 * MiB + 1, 0, 3 * MiB, 9 * MiB];
  const images = sizes.map((size, at) => ({ custom_title: `image ${at}`, bytes: noise(size, at + 1) }));
  const made = await startedExport({ images, posts: [{ markdown_content: "text" }] });

  await finish(made);

  const files = await filesOf(made);
  expect(Object.keys(files)).toHaveLength(9);
  expect(images.map(({ bytes: wanted }, at) => isSame(files[`images/image-${at}.png`], wanted))).toEqual(
    images.map(() => true),
  );
});

test("posts of 1.5 MB that hardly compress arrive whole, though no row could hold them", async () => {
  const text = Array.from(noise(1_500_000, 3), (byte) => String.fromCharCode(32 + (byte % 95))).join("");
  const made = await startedExport({ posts: [{ markdown_content: text }, { markdown_content: text }] });

  await finish(made);

  const files = await textsOf(made);
  expect(files["blooms/post-0.md"]!.endsWith(text)).toBe(true);
  expect(files["blooms/post-1.md"]!.endsWith(text)).toBe(true);
});

test("an image over the limit for one, and those that would make the archive too large, are skipped by name", async () => {
  const sizes = [1_001, 1_000, 1_000, 1_000, 10];
  const images = sizes.map((size, at) => ({ custom_title: `i${at}`, bytes: noise(size) }));
  const made = await startedExport({ images }, { binding: "ExportWithSmallLimits" });

  await finish(made);

  const files = await textsOf(made);
  expect(Object.keys(files)).toEqual(["images/i1.png", "images/i2.png", "images/i4.png", "README.md"]);
  expect(files["README.md"]).toContain("\n- i0.png\n- i3.png\n");
});

test("without the binding IMAGES every image is skipped", async () => {
  const made = await startedExport({ images: [{}, {}] }, { binding: "ExportWithoutImages" });

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "complete" });
  const files = await textsOf(made);
  expect(Object.keys(files)).toEqual(["README.md"]);
  expect(files["README.md"]).toContain("\n- image-0.png\n- image-1.png\n");
});

test("another site's posts, pages and images stay out", async () => {
  await startedExport({ posts: [{}], pages: [{}], images: [{}] });
  const made = await startedExport();

  await finish(made);

  expect(Object.keys(await filesOf(made))).toEqual(["README.md"]);
});

test("a post that is deleted while the export runs is left out, and not counted", async () => {
  const made = await startedExport({ posts: [{ slug: "stays" }, { slug: "goes" }], images: [{}] });
  await advanceTo(made, "assembling");
  await grove.DB.prepare("DELETE FROM posts WHERE id = ?").bind(`${made.tenantId}-1`).run();

  await finish(made);

  expect(Object.keys(await filesOf(made))).toEqual(["images/image-0.png", "blooms/stays.md", "README.md"]);
});
