import * as Y from "yjs";

/** Shows `text` in `area`, and makes what is typed there an edit of it. */
export function bindText(area: HTMLTextAreaElement, text: Y.Text): void {
  area.addEventListener("input", () => {
    const { start, end, typed } = editBetween(text.toString(), area.value);
    text.doc?.transact(() => {
      text.delete(start, end - start);
      text.insert(start, typed);
    }, area);
  });
  let ends = placesOf(area, text);
  document.addEventListener("selectionchange", () => (ends = placesOf(area, text)));
  text.observe((_event, { origin }) => {
    if (origin === area) return;
    area.value = text.toString();
    area.setSelectionRange(...(ends.map((end) => indexOf(end, text)) as [number, number]));
  });
}

/** The one stretch in which `after` differs from `before`. */
function editBetween(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  if (isFirstHalf(before[start - 1])) start -= 1;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  if (isFirstHalf(before.at(-1 - same))) same -= 1;
  return { start, end: before.length - same, typed: after.slice(start, after.length - same) };
}

/** True for half a surrogate pair, which an edit must not part. */
function isFirstHalf(unit: string | undefined): boolean {
  return unit !== undefined && unit >= "\ud800" && unit <= "\udbff";
}

/** Where the selection begins and ends, between letters: wherever others move these to. */
function placesOf({ selectionStart, selectionEnd }: HTMLTextAreaElement, text: Y.Text): Y.RelativePosition[] {
  return [selectionStart, selectionEnd].map((index) => Y.createRelativePositionFromTypeIndex(text, index));
}

function indexOf(place: Y.RelativePosition, text: Y.Text): number {
  return Y.createAbsolutePositionFromRelativePosition(place, text.doc!)?.index ?? 0;
}
