/** A line of a page that runs, and what the page says it gives: undefined if it says nothing. */
export interface Line {
  readonly place: string;
  readonly code: string;
  readonly said: string | undefined;
}

/** A block of a page that runs. */
export interface Step {
  /** Where it starts in the page. */
  readonly at: number;
  readonly lines: readonly Line[];
  /** What the lines give, in their order, where the page's Worker is served at `port`; undefined for what did not run. */
  run(port: number): Promise<readonly (string | undefined)[]>;
}

/** `said` if that is what a line gave, else what it gave. In what a page says `…` stands for anything. */
export function comparedTo(said: string | undefined, given: string | undefined): string | undefined {
  if (said === undefined || given === undefined) return given;
  const pattern = said.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", "[^]*?");
  return new RegExp(`^${pattern}$`).test(given) ? said : given;
}
