import { deflateSync } from "fflate";
import type { Archive } from "./archive.ts";
import { crc32 } from "./crc32.ts";
import type { ListedFile } from "./files.ts";
import { pageText, postText, type TextRow } from "./markdown.ts";
import { readmeOf } from "./readme.ts";
import type { ExportWork, Step, StepContext } from "./step.ts";
import { centralHeader, localHeader } from "./zip.ts";

const textsAtOnce = 25;

/** Packs up to 25 posts and pages, as they are now; one that is gone by now is left out. */
export const packTexts: Step = async (context) => {
  const { work, files } = context;
  const found = files.after(work.place, textsAtOnce);
  const archive = await context.archive();
  const entries = new Map<number, Uint8Array>();
  for (const file of found) {
    context.check();
    const text = await textOf(file, context);
    if (text !== undefined) entries.set(file.place, await pack(archive, { path: file.path, text, work }));
  }
  const step = found.length < textsAtOnce ? "readme" : "texts";
  return { work: { step, place: found.at(-1)?.place ?? work.place }, save: () => files.store(entries, archive) };
};

/** Packs README.md, which says what is in the archive; behind it the directory begins. */
export const packReadme: Step = async ({ work, files, archive: open }) => {
  const archive = await open();
  const path = "README.md";
  const { counts, skippedImages } = files;
  const entry = await pack(archive, { path, text: readmeOf({ ...work, counts, skippedImages }), work });
  const save = () => {
    const place = files.add([{ kind: "readme", source: path, folder: "", stem: "README", extension: ".md" }]);
    files.store(new Map([[place, entry]]), archive);
  };
  const next = { place: 0, directoryOffset: archive.size, counts, skippedImages: skippedImages.length };
  return { work: { step: "directory", ...next }, save };
};

async function textOf({ kind, source }: ListedFile, { work, env, files }: StepContext): Promise<string | undefined> {
  const query = `SELECT * FROM ${kind === "post" ? "posts" : "pages"} WHERE id = ? AND tenant_id = ?`;
  const row = await env.DB!.prepare(query).bind(source, work.tenantId).first<TextRow>(); // a step has read D1 before
  if (!row) return undefined;
  if (kind === "page") return pageText(row);
  const url = row["featured_image"];
  return postText(row, typeof url === "string" ? files.pathOf(url) : undefined);
}

async function pack(archive: Archive, file: { path: string; text: string; work: ExportWork }): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(file.text);
  const deflated = deflateSync(bytes, { level: 6 });
  const entry = {
    ...{ path: file.path, isDeflated: true, crc: crc32(bytes), packed: deflated.length, size: bytes.length },
    ...{ offset: archive.size, time: new Date(file.work.startedAt) },
  };
  await archive.append(localHeader(entry), deflated);
  return centralHeader(entry);
}
