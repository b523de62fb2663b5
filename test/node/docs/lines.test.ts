import { expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";
import { curlSteps } from "./run/curl.ts";
import { comparedTo } from "./run/line.ts";
import { scriptOf } from "./run/script.ts";

test("what a curl line is answered with is the comment below it", () => {
  const page = "# Title\n\n```sh\nnpm ci\ncurl a\n# {\n# }\ncurl b\n```\n";

  expect(curlSteps("page.md", page).flatMap(({ lines }) => lines)).toEqual([
    { place: "page.md:5", code: "curl a", said: "{\n}" },
    { place: "page.md:8", code: "curl b", said: undefined },
  ]);
});

test("what a line of a script gives is the comment behind it, and what awaits has to have one", () => {
  const lines = [
    "const a = await one();",
    "const b = await two(a); // { b: 1 }",
    "// A remark.",
    "await three({",
    "});",
  ];
  const page = `<!-- prelude\nawait hidden();\n-->\n\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n`;

  expect(scriptOf(blocksOf("page.md", page)[0]!)?.lines).toEqual([
    { place: "page.md:6", code: "const b = await two(a);", said: "{ b: 1 }" },
    { place: "page.md:8", code: "await three({\n});", said: undefined },
  ]);
});

test("a block that only declares, functions that await too, runs nothing", () => {
  const page = "```ts\nexport const later = async () => { await one(); };\n```\n";

  expect(scriptOf(blocksOf("page.md", page)[0]!)).toBeUndefined();
});

test.for([
  ["{ at: … }", "{ at: 17 }", "{ at: … }"],
  ["a\n…\nd", "a\nb\nc\nd", "a\n…\nd"],
  ["[1].a", "[1]xa", "[1]xa"],
  ["6", "61", "61"],
  ["6", undefined, undefined],
  [undefined, "6", "6"],
])("a page that says %j of a line that gives %j is compared to %j", ([said, given, shown]) => {
  expect(comparedTo(said, given)).toBe(shown);
});
