import { outcome } from "../../suite/driver.ts";
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

const ended = [
  "Error: uploadPart: The specified multipart upload does not exist. (10024)",
  "Error: completeMultipartUpload: The specified multipart upload does not exist. (10024)",
  undefined,
];

export const refusedUploads: readonly Case<R2Bucket>[] = [
  [
    "refuses small parts before the last",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5, 5);
      return upload.complete(parts);
    },
    "Error: completeMultipartUpload: Your proposed upload is smaller than the minimum allowed object size. (10011)",
  ],
  [
    "refuses parts of several sizes",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5 * MiB, 5 * MiB + 1, 1);
      return upload.complete(parts);
    },
    "Error: completeMultipartUpload: There was a problem with the multipart upload. (10048)",
  ],
  [
    "refuses a last part that is larger",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5 * MiB, 5 * MiB + 1);
      return upload.complete(parts);
    },
    "Error: completeMultipartUpload: There was a problem with the multipart upload. (10048)",
  ],
  [
    "refuses a part twice",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5);
      return upload.complete([parts[0]!, parts[0]!]);
    },
    "Error: completeMultipartUpload: We encountered an internal error. Please try again. (10001)",
  ],
  [
    "refuses an unknown part",
    async (bucket) => (await uploaded(bucket, 5)).upload.complete([{ partNumber: 2, etag: "a" }]),
    "Error: completeMultipartUpload: One or more of the specified parts could not be found. (10025)",
  ],
  [
    "refuses a part with another etag",
    async (bucket) => (await uploaded(bucket, 5)).upload.complete([{ partNumber: 1, etag: "a" }]),
    "Error: completeMultipartUpload: One or more of the specified parts could not be found. (10025)",
  ],
  [
    "refuses a part number of 0",
    async (bucket) => (await bucket.createMultipartUpload("big")).uploadPart(0, ""),
    "TypeError: Part number must be between 1 and 10000 (inclusive). Actual value was: 0",
  ],
  [
    "refuses a part number over 10,000",
    async (bucket) => (await bucket.createMultipartUpload("big")).uploadPart(10_001, ""),
    "TypeError: Part number must be between 1 and 10000 (inclusive). Actual value was: 10001",
  ],
  [
    "refuses a part of an unknown upload",
    (bucket) => bucket.resumeMultipartUpload("big", "none").uploadPart(1, ""),
    "Error: uploadPart: The specified multipart upload does not exist. (10024)",
  ],
  [
    "refuses to complete an unknown upload",
    (bucket) => bucket.resumeMultipartUpload("big", "none").complete([]),
    "Error: completeMultipartUpload: We encountered an internal error. Please try again. (10001)",
  ],
  [
    "refuses to abort an unknown upload",
    (bucket) => bucket.resumeMultipartUpload("big", "none").abort(),
    "Error: abortMultipartUpload: We encountered an internal error. Please try again. (10001)",
  ],
  [
    "refuses a part after the end",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5);
      await upload.complete(parts);
      return [
        await outcome(() => upload.uploadPart(1, "")),
        await outcome(() => upload.complete(parts)),
        await outcome(() => upload.abort()),
      ];
    },
    ended,
  ],
  [
    "refuses a part after abort",
    async (bucket) => {
      const { upload, parts } = await uploaded(bucket, 5);
      await upload.abort();
      return [
        await outcome(() => upload.uploadPart(1, "")),
        await outcome(() => upload.complete(parts)),
        await outcome(() => upload.abort()),
      ];
    },
    ended,
  ],
];
