import { transform } from "esbuild";
import type { Plugin } from "vite";

/** Lowers standard decorators for Vite and Vitest with esbuild, the compiler that wrangler deploys with. */
export function lowerDecorators(): Plugin {
  return {
    // Vite 8 (Oxc) leaves `@` in place without an error: oxc-project/oxc#9170.
    name: "loom-do:lower-decorators",
    enforce: "pre",
    transform: {
      filter: { id: /\.[cm]?tsx?(\?|$)/, code: /@\w/ },
      async handler(source, id) {
        const { code, map } = await transform(source, {
          loader: "ts",
          target: "es2022",
          keepNames: true,
          sourcefile: id,
          sourcemap: true,
          tsconfigRaw: {},
        });
        return { code, map };
      },
    },
  };
}
