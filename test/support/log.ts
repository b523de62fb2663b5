import { vi } from "vitest";

type Line = Record<string, unknown>;

/** Collects what is logged until `vi.restoreAllMocks()`. */
export function capture() {
  const lines: Line[] = [];
  const methods: string[] = [];
  for (const method of ["debug", "log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      methods.push(method);
      lines.push(...args.map((arg) => JSON.parse(arg as string) as Line));
    });
  }
  return {
    lines,
    methods,
    /** The one line that was written. */
    only(): Line {
      if (lines.length !== 1) throw new Error(`${lines.length} lines were written`);
      return lines[0]!;
    },
  };
}
