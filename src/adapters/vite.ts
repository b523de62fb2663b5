import type { Plugin } from "vite";

/**
 * Lowers standard decorators for Vite and Vitest with esbuild, the compiler that wrangler deploys with.
 *
 * Vite 8 itself leaves `@` in the output without an error, and no engine runs it.
 *
 * @example
 * ```ts
 * import { lowerDecorators } from "loom-do/vite";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ plugins: [lowerDecorators()] });
 * ```
 */
export function lowerDecorators(): Plugin {
  return {
    name: "loom-do:lower-decorators",
    // Before Vite's own compiler (Oxc), which takes the types away and the decorators not: oxc-project/oxc#9170.
    enforce: "pre",
    transform: {
      filter: { id: { include: /\.[cm]?[jt]sx?(\?|$)/, exclude: /\/node_modules\// }, code: /@[\w$([]/ },
      handler: lower,
    },
  };
}

async function lower(source: string, id: string): Promise<{ code: string; map: string }> {
  const file = id.replace(/\?.*$/, "");
  const { transform } = await compiler();
  const { code, map } = await transform(source, {
    loader: file.endsWith("x") ? "tsx" : "ts",
    // JSX stays for the compiler that the project chose.
    jsx: "preserve",
    target: "es2022",
    // A minified or renamed class would otherwise lose the name that logs show.
    keepNames: true,
    sourcefile: file,
    sourcemap: true,
    // The project's tsconfig may say `experimentalDecorators`, which switches esbuild to the legacy form.
    tsconfigRaw: {},
  });
  return { code, map };
}

/** Imported when there is something to lower: Vite 8 does not bring it. */
async function compiler() {
  try {
    return await import("esbuild");
  } catch (cause) {
    throw new Error("lowerDecorators needs esbuild, which Vite 8 does not bring. Run `npm install -D esbuild`.", {
      cause,
    });
  }
}
