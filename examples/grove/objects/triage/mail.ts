import { safeJsonParse } from "loom-do";
import { z } from "zod";

/** A mail as far as triage looks at it. */
export interface Mail {
  readonly from: string;
  /** The bare address of `from`, in lower case. */
  readonly address: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** The first words of the body. */
  readonly snippet: string;
  /** ISO; null where the mail does not say. */
  readonly date: string | null;
  /** The mail as it came. */
  readonly raw: string;
}

const longestHeader = 1_000;

const Payload = z.object({
  raw: z.string().optional().catch(undefined),
  headers: z.record(z.string(), z.unknown()).catch({}),
  recipients: z.array(z.string()).catch([]),
});

/** What no further try would read. */
export class UnreadableMail extends Error {
  override readonly name = "UnreadableMail";
}

/** The mail of a buffered payload; throws for one that is no JSON object. */
export function readMail(payload: string | null): Mail {
  const { success, data } = Payload.safeParse(safeJsonParse<unknown>(payload, null));
  if (!success) throw new UnreadableMail("The payload is no JSON object.");
  const headers = headersOf(data.headers);
  const named = (...names: string[]) => names.map((name) => headers.get(name)).find(Boolean);
  const from = named("x-original-from", "from", "reply-to") ?? "unknown@unknown.com";
  return {
    from,
    address: addressOf(from),
    to: data.recipients,
    subject: named("subject") ?? "No subject",
    snippet: snippetOf(data.raw ?? ""),
    date: dateOf(named("date")),
    raw: data.raw ?? payload ?? "",
  };
}

/** By their names in lower case, each on one line: a line of its own would pass for another header in a prompt. */
function headersOf(headers: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return new Map(texts.map(([name, text]) => [name.toLowerCase(), oneLine(text).slice(0, longestHeader)]));
}

/** The address in `Name <address>`: the last one in brackets, since a name may be made to look like one. */
function addressOf(from: string): string {
  return (/<([^<>]*)>[^<>]*$/.exec(from)?.[1] ?? from).trim().toLowerCase();
}

function snippetOf(raw: string): string {
  const end = /\r?\n\r?\n/.exec(raw);
  if (!end) return "";
  const body = raw.slice(end.index + end[0].length);
  return oneLine(body.replaceAll(/<[^<>]*>/g, " ")).slice(0, 300);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function dateOf(text: string | undefined): string | null {
  const date = new Date(text ?? "");
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
