import { expect, vi } from "vitest";
import { r2 } from "../../fixtures/grove/post-content.ts";
import { ask, grove } from "../support/grove.ts";

/** A post with all of its fields. */
export const hello = {
  tenantId: "acme",
  slug: "hello",
  title: "Hello",
  description: "A first post",
  tags: ["first", "grove"],
  markdownContent: "# Hello",
  htmlContent: "<h1>Hello</h1>",
  gutterContent: '[{"note":1}]',
  font: "lexend",
  publishedAt: 1_767_225_600_000,
};

/** What is left in the object of the heavy fields of a cold post. */
export const emptied = { markdownContent: "", htmlContent: "", gutterContent: "[]" };

/** A new, empty object of PostContentDO, or of a fixture class. */
export function newPost(binding = "POST_CONTENT") {
  return grove[binding]!.getByName(`content:acme:${crypto.randomUUID()}`);
}

/** An object that holds `hello` with `fields` changed. */
export async function storedPost(fields: object = {}, binding?: string) {
  const post = newPost(binding);
  await ask(post, "PUT /content", { ...hello, ...fields });
  return post;
}

/** An object whose post is cold, under a key of its own. */
export async function coldPost(binding?: string) {
  const post = await storedPost({}, binding);
  const r2Key = `cold/acme/hello/${crypto.randomUUID()}.json`;
  await ask(post, "POST /content/migrate", { r2Key });
  return { post, r2Key };
}

/** The heavy fields that R2 holds under `r2Key`; null when it holds nothing. */
export async function inR2(r2Key: string): Promise<unknown> {
  const found = await grove.IMAGES.get(r2Key);
  return found && found.json();
}

/** A migration to `r2Key` that has reached R2 and is held there until `release()`. */
export async function heldMigration(r2Key: string) {
  const post = await storedPost({}, "PostContentOnSlowR2");
  r2.isHeld = true;
  const migration = ask(post, "POST /content/migrate", { r2Key });
  await vi.waitFor(() => expect(r2.puts).toBe(1));
  const release = () => {
    r2.isHeld = false;
    return migration;
  };
  return { post, release };
}
