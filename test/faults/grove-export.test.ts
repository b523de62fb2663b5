import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsFound } from "../node/support/zip-readers.ts";
import { eventually } from "./support/eventually.ts";
import { isWhole } from "./support/export-site.ts";
import { type Kill, KilledExports } from "./support/killed-exports.ts";

const isLong = process.env["LOOM_FAULTS"] === "long";

// One in each phase, each in the middle of a step.
const phases: readonly Kill[] = [
  { during: "querying 0", moment: "after DB all" },
  { during: "assembling 10", moment: "after EXPORTS_BUCKET uploadPart" },
  { during: "assembling 70", moment: "after DB first" },
  { during: "uploading 70", moment: "after EXPORTS_BUCKET complete" },
  { during: "notifying 90", moment: "after ZEPHYR fetch" },
];
const further: readonly Kill[] = [
  { during: "querying 0", moment: "before DB run" },
  { during: "assembling 10", moment: "after EXPORTS_BUCKET createMultipartUpload" },
  { during: "assembling 58", moment: "after IMAGES get" },
  { during: "assembling 70", moment: "before DB run" },
  { during: "uploading 70", moment: "before EXPORTS_BUCKET complete" },
  { during: "uploading 90", moment: "after DB run" },
  { during: "notifying 90", moment: "before ZEPHYR fetch" },
  { during: "complete 100", moment: "after DB run" },
];

let exports: KilledExports;

beforeAll(async () => {
  exports = await KilledExports.serve();
});
afterAll(() => exports?.end());

test.for<[string, readonly Kill[]]>([
  ["once in each phase", phases],
  ...(isLong ? [["at other calls", further] as [string, readonly Kill[]]] : []),
])("an export whose process is killed %s ends well", async ([, kills]) => {
  const address = await exports.start(kills);

  await exports.restartAfterEachKill();
  await eventually(async () => expect((await exports.row()).status).toBe("complete"));

  const [row, zip] = [await exports.row(), await exports.zip()];
  expect(row).toMatchObject({ progress: 100, error_message: null, file_size_bytes: zip.length });
  expect(row.item_counts).toBe('{"posts":2,"pages":1,"images":31}');
  expect(isWhole(unzipSync(zip))).toBe(true);
  expect(faultsFound(zip)).toEqual([]);
  expect(await exports.mailsTo(address)).toBe(1);
});
