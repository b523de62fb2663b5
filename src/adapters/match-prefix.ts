import { isMalformed } from "../http/path.ts";
import type { Segment } from "../http/path.ts";

/** What a path holds of a pattern, and what is left of it. */
export interface PrefixMatch {
  readonly params: Readonly<Record<string, string>>;
  /** The path from the wildcard on, escapes kept; "/" when nothing is left. */
  readonly rest: string;
  /** True when a part of the path holds a percent escape that cannot be decoded. */
  readonly isMalformed: boolean;
}

/** Matches a path with a pattern whose wildcard, if it has one, stands for whatever is left. */
export function matchPrefix(segments: readonly Segment[], pathname: string): PrefixMatch | undefined {
  const parts = pathname.slice(1).split("/");
  const wildcard = segments.at(-1)?.kind === "wildcard" ? segments.at(-1) : undefined;
  const head = wildcard ? segments.slice(0, -1) : segments;
  if (wildcard ? parts.length < head.length : parts.length !== head.length) return undefined;
  if (!head.every((segment, at) => matches(segment, parts[at]!))) return undefined;
  const rest = parts.slice(head.length).join("/");
  const named = head.map(({ kind, text }, at) => [kind === "param" ? text : "", parts[at]!] as const);
  return {
    params: paramsOf([...named, [wildcard?.text ?? "", rest]]),
    rest: `/${rest}`,
    isMalformed:
      named.some(([name, part]) => name !== "" && isMalformed(part)) || (!!wildcard?.text && isMalformed(rest)),
  };
}

function matches({ kind, text }: Segment, part: string): boolean {
  return kind === "param" ? part !== "" : !isMalformed(part) && decodeURIComponent(part) === text;
}

function paramsOf(named: readonly (readonly [name: string, part: string])[]): Record<string, string> {
  const params = Object.create(null) as Record<string, string>; // a parameter may be called `__proto__`
  for (const [name, part] of named) if (name !== "") params[name] = isMalformed(part) ? part : decodeURIComponent(part);
  return params;
}
