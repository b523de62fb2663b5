import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { crc32 } from "../../../examples/grove/objects/export/crc32.ts";
import { centralHeader, endOfZip, localHeader, type ZipEntry } from "../../../examples/grove/objects/export/zip.ts";
import { faultsFound } from "../support/zip-readers.ts";

const directory = mkdtempSync(join(tmpdir(), "loom-zip-"));
const content = new TextEncoder().encode("content");
const GiB = 1024 ** 3;

afterAll(() => rmSync(directory, { recursive: true }));

/** A stored file of seven bytes, its header at `offset`. */
function entryAt(offset: number, path: string): ZipEntry {
  const size = content.length;
  return { path, isDeflated: false, crc: crc32(content), packed: size, size, offset, time: new Date(2030, 0) };
}

/** Writes an archive with a file at each of `offsets`; what lies between takes no room on disk. */
function archiveOf(offsets: readonly number[]): string {
  const path = join(directory, `${crypto.randomUUID()}.zip`);
  const entries = offsets.map((offset, at) => entryAt(offset, `file-${at}.txt`));
  const file = openSync(path, "w");
  for (const entry of entries) {
    const header = localHeader(entry);
    writeSync(file, header, 0, header.length, entry.offset);
    writeSync(file, content, 0, content.length, entry.offset + header.length);
  }
  const lines = Buffer.concat(entries.map(centralHeader));
  const offset = offsets.at(-1)! + GiB;
  ftruncateSync(file, offset);
  const end = Buffer.concat([lines, endOfZip({ entries: entries.length, offset, size: lines.length })]);
  writeSync(file, end, 0, end.length, offset);
  closeSync(file);
  return path;
}

test.for<[string, readonly number[]]>([
  ["within 4 GiB", [0, GiB]],
  ["whose directory alone is beyond 4 GiB", [0, 3 * GiB]],
  ["with a file at the last place that the old format can name", [0, 4 * GiB - 2]],
  ["with a file at the first that it cannot", [0, 4 * GiB - 1]],
  ["with a file beyond it", [0, 5 * GiB, 6 * GiB]],
])("other readers find nothing wrong with an archive %s", ([, offsets]) => {
  expect(faultsFound(archiveOf(offsets))).toEqual([]);
});

test.for([65_534, 65_535])("other readers find nothing wrong with an archive of %i files", (count) => {
  const length = localHeader(entryAt(0, "file-00000.txt")).length + content.length;
  const names = Array.from({ length: count }, (_, at) => `file-${String(at).padStart(5, "0")}.txt`);
  const entries = names.map((name, at) => entryAt(at * length, name));
  const files = entries.flatMap((entry) => [localHeader(entry), content]);
  const lines = Buffer.concat(entries.map(centralHeader));
  const end = endOfZip({ entries: count, offset: count * length, size: lines.length });
  const zip = Buffer.concat([...files, lines, end]);

  expect(faultsFound(zip)).toEqual([]);
  expect(Object.keys(unzipSync(zip))).toHaveLength(count);
});

test("names keep letters of every script", () => {
  const entry = entryAt(0, "blooms/Кот-猫.md");
  const [header, line] = [localHeader(entry), centralHeader(entry)];
  const end = endOfZip({ entries: 1, offset: header.length + content.length, size: line.length });
  const zip = Buffer.concat([header, content, line, end]);

  expect(unzipSync(zip)).toEqual({ "blooms/Кот-猫.md": content });
  expect(faultsFound(zip)).toEqual([]);
});

test("a checksum in parts is that of the whole", () => {
  const bytes = new TextEncoder().encode("123456789");

  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
});
