// A string, a quoted name, a comment, a parameter, a word, or one character of anything else.
const token =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\?\d*|[:@$]\w+|\w+|\s+|./gsu;

const isBlank = /^(?:\s|--|\/\*)/;

/** The words and signs of `sql` without comments and white space; strings and names stay quoted. */
export function tokensOf(sql: string): string[] {
  return (sql.match(token) ?? []).filter((each) => !isBlank.test(each));
}

/** The statements of `sql`: cut at each semicolon, except inside the body of a trigger. White space is none. */
export function statementsOf(sql: string): string[] {
  const found: string[] = [];
  let current = "";
  for (const part of sql.match(token) ?? []) {
    current += part;
    if (part !== ";" || isOpenTrigger(current)) continue;
    found.push(current);
    current = "";
  }
  return [...found, current].filter((each) => each.trim() !== "");
}

/** True for what only comments and semicolons are in. */
export function isEmpty(statement: string): boolean {
  return tokensOf(statement).every((part) => part === ";");
}

/** The parameters of a statement in the order of their numbers: the name of each, undefined for a plain `?`. */
export function parametersOf(statement: string): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const part of tokensOf(statement)) {
    if (part === "?") names.push(undefined);
    else if (/^\?\d/.test(part)) names[Number(part.slice(1)) - 1] = part;
    else if (/^[:@$]\w/.test(part) && !names.includes(part)) names.push(part);
  }
  return Array.from(names);
}

/** True inside a trigger, which ends with `END;`. */
function isOpenTrigger(sql: string): boolean {
  if (!/\btrigger\b/i.test(sql)) return false;
  const tokens = tokensOf(sql).map((each) => each.toUpperCase());
  const isTrigger = tokens[0] === "CREATE" && tokens.slice(1, 4).includes("TRIGGER");
  return isTrigger && !(tokens.at(-2) === "END" && tokens.at(-3) === ";");
}
