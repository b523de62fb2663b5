import type { Step } from "./step.ts";
import { endOfZip } from "./zip.ts";

const linesAtOnce = 10_000;

/** Writes some of the directory, and what ends the archive behind the last of it. */
export const writeDirectory: Step = async ({ work, files, archive: open }) => {
  const archive = await open();
  const lines = files.directory(work.place, linesAtOnce);
  for (const { entry } of lines) await archive.append(new Uint8Array(entry));
  const save = () => archive.save();
  if (lines.length === linesAtOnce) return { work: { place: lines.at(-1)!.place }, save };
  const offset = work.directoryOffset!; // known since README.md was packed
  await archive.append(endOfZip({ entries: files.stored, offset, size: archive.size - offset }));
  const status = { phase: "uploading", progress: 70 } as const;
  return { status, work: { step: "upload", fileSizeBytes: archive.size }, save };
};
