import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, inject, test } from "vitest";

const consumer = inject("consumer");
const run = promisify(execFile);

test.for(["bundler", "nodenext"])(
  "a browser's project with moduleResolution %s sees the client's types, and needs no others",
  async (resolution) => {
    writeFileSync(
      join(consumer, "page.ts"),
      `import { connectLoom } from "loom-do/client";
       const room = connectLoom<{ incoming: { type: "said"; text: string }; outgoing: { type: "say" } }>(location.href);
       room.on("said", ({ text }) => document.body.append(text));
       void room.send({ type: "say" }).then(({ outcome }) => console.log(outcome));
      `,
    );
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2024,dom"];
    const module = resolution === "bundler" ? "esnext" : "nodenext";
    const resolved = ["--module", module, "--moduleResolution", resolution, "--types", ""];

    const { stdout } = await run("node_modules/.bin/tsc", [
      join(consumer, "page.ts"),
      ...options,
      ...resolved,
      "--listFiles",
    ]);

    expect(stdout).toContain("loom-do/dist/src/client/index.d.ts");
    expect(stdout).not.toMatch(/workers-types|dist\/src\/base|partysocket/);
  },
);

test("a page's bundle has the client and partysocket, and nothing of the objects", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'import { connectLoom } from "loom-do/client"; connectLoom("/");', resolveDir: consumer },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    platform: "browser",
  });

  const inputs = Object.keys(metafile.inputs).map((file) => file.replace(/^.*node_modules\//, ""));
  const ours =
    /^(?:<stdin>|partysocket\/|loom-do\/dist\/src\/(?:client\/|data\/length-of-time|websocket\/(?:numbered|subprotocol)))/;
  expect(inputs.filter((file) => !ours.test(file))).toEqual([]);
  expect(gzipSync(outputFiles[0]!.text).length).toBeLessThan(7_000);
});
