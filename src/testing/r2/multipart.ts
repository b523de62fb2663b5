import type { Store } from "./store.ts";
import type { MockR2Object } from "./object.ts";

/** The caller's end of an upload in parts. */
export class MockMultipartUpload implements R2MultipartUpload {
  readonly #store: Store;
  readonly key: string;
  readonly uploadId: string;

  constructor(store: Store, key: string, uploadId: string) {
    this.#store = store;
    this.key = key;
    this.uploadId = uploadId;
  }

  async uploadPart(partNumber: number, value: unknown): Promise<R2UploadedPart> {
    if (partNumber < 1 || partNumber > 10_000) {
      const range = "Part number must be between 1 and 10000 (inclusive).";
      throw new TypeError(`${range} Actual value was: ${partNumber}`);
    }
    return { partNumber, etag: await this.#store.putPart(this, partNumber, value) };
  }

  async abort(): Promise<void> {
    await this.#store.abort(this);
  }

  async complete(uploadedParts: R2UploadedPart[]): Promise<MockR2Object> {
    return this.#store.complete(this, uploadedParts);
  }
}
