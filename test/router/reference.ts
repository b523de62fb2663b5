/** Slow and obvious: every route is compared with the path, segment by segment, and the best rank wins. */
export function findSlowly(paths: readonly string[], path: string) {
  const found = paths.map((route) => compare(route, path)).filter((candidate) => candidate !== undefined);
  return found.toSorted((left, right) => (left.rank < right.rank ? -1 : 1))[0];
}

function compare(route: string, path: string) {
  const wanted = route.slice(1).split("/");
  const given = path
    .slice(1)
    .split("/")
    .map((segment) => ({ raw: segment, text: decodeURIComponent(segment) }));
  const params: Record<string, string> = Object.create(null);
  let rank = "";
  for (const [at, segment] of wanted.entries()) {
    if (segment.startsWith("*")) {
      const rest = given
        .slice(at)
        .map(({ text }) => text)
        .join("/");
      if (segment !== "*") params[segment.slice(1)] = rest;
      return { route, params, rank: `${rank}3` };
    }
    const part = given[at];
    if (part === undefined) return undefined;
    const isParam = segment.startsWith(":");
    if (isParam ? part.text === "" : part.text !== decodeURIComponent(segment)) return undefined;
    if (isParam) params[segment.slice(1)] = part.text;
    rank += isParam ? "2" : "1";
  }
  // A path that ends here is better than a wildcard that takes nothing: "0" sorts before "3".
  return wanted.length === given.length ? { route, params, rank: `${rank}0` } : undefined;
}
