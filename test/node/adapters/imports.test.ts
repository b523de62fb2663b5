import { build } from "esbuild";
import { expect, test } from "vitest";
import { getLoomDO } from "../../../src/adapters/sveltekit.ts";

test.for(["worker", "sveltekit"])(
  "loom-do/%s needs neither the runtime's modules nor another package",
  async (name) => {
    const { metafile } = await build({
      entryPoints: [`src/adapters/${name}.ts`],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      conditions: ["workerd"],
      packages: "external",
      external: ["cloudflare:*", "node:*"],
    });

    const [output] = Object.values(metafile.outputs);
    expect(output!.imports).toEqual([]);
  },
);

test("loom-do/sveltekit runs on Node, as it does in vite dev", () => {
  expect(() => getLoomDO(undefined, "POSTS", "hello")).toThrow("`platform` is undefined");
});
