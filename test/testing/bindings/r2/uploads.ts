import type { Case } from "../cases.ts";

const MiB = 1024 * 1024;

const details = {
  httpMetadata: { contentType: "text/plain", cacheExpiry: new Date(5000) },
  customMetadata: { a: "é" },
};

// An upload with parts of these sizes.
const uploaded = async (bucket: R2Bucket, ...sizes: number[]) => {
  const upload = await bucket.createMultipartUpload("big", details);
  const parts: R2UploadedPart[] = [];
  for (const [index, size] of sizes.entries()) {
    parts.push(await upload.uploadPart(index + 1, new Uint8Array(size).fill(65 + index)));
  }
  return { upload, parts };
};

export const uploads: readonly Case<R2Bucket>[] = [
  [
    "puts parts together",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5 * MiB, 1);
      const { etag, size, httpMetadata, customMetadata } = await upload.complete(parts);
      const end = await bucket.get("big", { range: { suffix: 2 } });
      return [etag, size, { httpMetadata, customMetadata }, await end!.text()];
    },
    ["f508fb2124051f6498dc6fd2018a7c29-2", 5 * MiB + 1, details, "AB"],
  ],
  [
    "puts parts together in the order of their numbers",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5 * MiB, 5 * MiB);
      await upload.complete(parts);
      return (await bucket.get("big", { range: { offset: 5 * MiB - 1, length: 2 } }))!.text();
    },
    "AB",
  ],
  ["puts no part together", async (bucket) => (await (await bucket.createMultipartUpload("big")).complete([])).size, 0],
  ["shows an upload when it is complete", async (bucket) => (await uploaded(bucket, 5), bucket.head("big")), null],
  [
    "resumes an upload",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5);
      const resumed = bucket.resumeMultipartUpload("big", upload.uploadId);
      return [resumed.key, resumed.uploadId === upload.uploadId, (await resumed.complete(parts)).size];
    },
    ["big", true, 5],
  ],
  [
    "writes a part again",
    async (bucket) => {
      const { upload } = await uploaded(bucket, 5);
      const part = await upload.uploadPart(1, "again");
      await upload.complete([part]);
      return [part.partNumber, await (await bucket.get("big"))!.text()];
    },
    [1, "again"],
  ],
  [
    "leaves out parts",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5, 6);
      return (await upload.complete(parts.slice(1))).size;
    },
    6,
  ],
];
