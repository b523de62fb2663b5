/** An etag in a condition. */
type Etag = Readonly<{ value: string; isWeak: boolean }> | "*";

/** What has to hold. */
export interface Condition {
  readonly matches: readonly Etag[] | undefined;
  readonly differs: readonly Etag[] | undefined;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly inSeconds: boolean;
}

/** What a condition looks at. */
export interface Subject {
  readonly etag: string;
  readonly uploaded: number;
}

/** `onlyIf` as it is checked. */
export function conditionOf(onlyIf: R2Conditional | Headers): Condition {
  if (onlyIf instanceof Headers) return headerCondition(onlyIf);
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter, secondsGranularity = false } = onlyIf;
  return {
    matches: etagMatches === undefined ? undefined : [plainEtag(etagMatches)],
    differs: etagDoesNotMatch === undefined ? undefined : [plainEtag(etagDoesNotMatch)],
    before: uploadedBefore?.getTime(),
    after: uploadedAfter?.getTime(),
    inSeconds: secondsGranularity,
  };
}

/** True when the condition holds for `subject`; undefined stands for no object. */
export function holds(condition: Condition, subject: Subject | undefined): boolean {
  const { matches, differs, before, after } = condition;
  if (!subject) return matches === undefined && after === undefined;
  const cut = (time: number) => (condition.inSeconds ? Math.floor(time / 1000) : time);
  const uploaded = cut(subject.uploaded);
  const isMatch = !matches || matches.some((each) => isSame(each, subject.etag) && !isWeak(each));
  const isOther = !differs || !differs.some((each) => isSame(each, subject.etag));
  // As in HTTP, an etag that answers the question makes the time beside it irrelevant.
  const isAfter = after === undefined || cut(after) < uploaded || (differs !== undefined && isOther);
  const isBefore = before === undefined || uploaded < cut(before) || (matches !== undefined && isMatch);
  return isMatch && isOther && isAfter && isBefore;
}

function headerCondition(headers: Headers): Condition {
  return {
    matches: etagsOf(headers, "if-match"),
    differs: etagsOf(headers, "if-none-match"),
    before: timeOf(headers.get("if-unmodified-since")),
    after: timeOf(headers.get("if-modified-since")),
    inSeconds: true,
  };
}

function etagsOf(headers: Headers, name: string): readonly Etag[] | undefined {
  const text = headers.get(name)?.trim();
  if (text === undefined) return undefined;
  if (text === "*") return ["*"];
  if (!/^(?:(?:W\/)?"[^"]*"\s*(?:,\s*|$))+$/.test(text)) throw new Error(`Invalid ETag in ${name} header`);
  return [...text.matchAll(/(W\/)?"([^"]*)"/g)].map(([, weak, value]) => ({
    value: value!,
    isWeak: weak !== undefined,
  }));
}

function plainEtag(etag: string): Etag {
  if (/^(?:W\/)?".*"$/.test(etag)) throw new TypeError(`Conditional ETag should not be wrapped in quotes (${etag}).`);
  return etag === "*" ? "*" : { value: etag, isWeak: false };
}

function isSame(etag: Etag, value: string): boolean {
  return etag === "*" || etag.value === value;
}

function isWeak(etag: Etag): boolean {
  return etag !== "*" && etag.isWeak;
}

function timeOf(header: string | null): number | undefined {
  const time = Date.parse(header ?? "");
  return Number.isNaN(time) ? undefined : time;
}
