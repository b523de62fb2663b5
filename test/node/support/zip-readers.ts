import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const readers = [
  ["unzip", "-tqq"],
  ["python3", "-c", "import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)"],
] as const;

/** What the zip readers of this machine, as far as it has them, find wrong with an archive, or a file of that name. */
export function faultsFound(zip: Uint8Array | string): string[] {
  if (typeof zip === "string") return runs(zip);
  const directory = mkdtempSync(join(tmpdir(), "loom-zip-"));
  try {
    const file = join(directory, "archive.zip");
    writeFileSync(file, zip);
    return runs(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runs(file: string): string[] {
  const ended = readers.map(([command, ...args]) => spawnSync(command, [...args, file], { encoding: "utf8" }));
  const failed = ended.filter(({ error, status }) => error === undefined && status !== 0);
  return failed.map(({ stdout, stderr }) => stdout + stderr);
}
