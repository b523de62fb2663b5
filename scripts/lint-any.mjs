// A lint rule: `any` switches the compiler off, so the line, or a comment right above it, says why.
export default {
  meta: { name: "loom" },
  rules: {
    "explained-any": {
      create(context) {
        const lines = context.sourceCode.lines;
        return {
          TSAnyKeyword(node) {
            const line = node.loc.start.line;
            const said = [lines[line - 1], lines[line - 2]].some((text) => /\/\/.*\bany\b/.test(text ?? ""));
            if (!said) context.report({ node, message: "Say in a comment why this is `any`, or write `unknown`." });
          },
        };
      },
    },
  },
};
