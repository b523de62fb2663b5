import { expect, test } from "vitest";
import { changed } from "../../src/update.ts";

interface Theme {
  readonly name: string;
  readonly tags: readonly string[];
}

const theme: Theme = Object.freeze({ name: "dark", tags: Object.freeze(["a"]) });

test("the draft is a copy: editing it leaves the value alone", () => {
  const next = changed(theme, (draft) => {
    draft.tags.push("b");
  });

  expect([next.tags, theme.tags]).toEqual([["a", "b"], ["a"]]);
});

test("what a recipe returns is the new value", () => {
  expect(changed(1, (count) => count + 1)).toBe(2);
  expect(changed(theme, () => ({ name: "light", tags: [] }))).toEqual({ name: "light", tags: [] });
});

test("an async recipe is refused", () => {
  expect(() => changed(theme, (async () => theme) as never)).toThrow(
    "changed: the recipe is async, so others could change the value meanwhile. Await before it.",
  );
});
