import { type MockBindingOptions, timeOf } from "../bindings.ts";
import { bytesFrom } from "../bytes.ts";
import { checksumsOf, expectedChecksum } from "./checksums.ts";
import { conditionOf, holds } from "./condition.ts";
import { refuseValue } from "./errors.ts";
import { listPage } from "./list.ts";
import { metadataOf } from "./metadata.ts";
import { MockMultipartUpload } from "./multipart.ts";
import { MockR2Object, MockR2ObjectBody } from "./object.ts";
import { rangeOf } from "./range.ts";
import { Store } from "./store.ts";

/**
 * An R2 bucket in memory, with the platform's conditions, ranges, checksums and uploads in parts.
 *
 * @example
 * ```ts
 * const env = { IMAGES: createMockR2() };
 * await env.IMAGES.put("cat.png", bytes, { httpMetadata: { contentType: "image/png" } });
 * ```
 */
export function createMockR2(options: MockBindingOptions = {}): R2Bucket {
  return new MockR2(options) as unknown as R2Bucket; // its overloads are one signature here
}

class MockR2 {
  readonly #store: Store;

  constructor(options: MockBindingOptions) {
    this.#store = new Store(options, () => timeOf(this));
  }

  async head(key: string): Promise<R2Object | null> {
    await this.#store.begin("head", key);
    const stored = this.#store.objects.get(key);
    return stored ? new MockR2Object(stored, rangeOf(undefined, stored.bytes.byteLength)) : null;
  }

  async get(key: string, { onlyIf, range }: R2GetOptions = {}): Promise<R2Object | null> {
    const condition = onlyIf && conditionOf(onlyIf);
    await this.#store.begin("get", key);
    const stored = this.#store.objects.get(key);
    if (!stored) return null;
    const size = stored.bytes.byteLength;
    if (condition && !holds(condition, stored)) return new MockR2Object(stored, rangeOf(undefined, size));
    return new MockR2ObjectBody(stored, rangeOf(range, size));
  }

  async put(key: string, value: unknown, options: R2PutOptions = {}): Promise<R2Object | null> {
    const [condition, expected] = [options.onlyIf && conditionOf(options.onlyIf), expectedChecksum(options)];
    const bytes = typeof value === "number" ? undefined : await bytesFrom(value ?? "");
    if (!bytes) return refuseValue("put", "R2Bucket");
    await this.#store.begin("put", key);
    const metadata = metadataOf("put", options);
    const checksums = checksumsOf(bytes, expected);
    if (condition && !holds(condition, this.#store.objects.get(key))) return null;
    const { storageClass = "Standard" } = options;
    return this.#store.keep({ key, bytes, etag: checksums.md5!, checksums, storageClass, ...metadata });
  }

  async delete(keys: string | string[]): Promise<void> {
    const all = [keys].flat();
    for (const key of all) await this.#store.begin("delete", key);
    for (const key of all) this.#store.objects.delete(key);
  }

  async list(options: R2ListOptions = {}): Promise<R2Objects> {
    await this.#store.begin("list", options.prefix ?? "");
    return listPage(this.#store.objects.values(), options);
  }

  async createMultipartUpload(key: string, options: R2MultipartOptions = {}): Promise<R2MultipartUpload> {
    await this.#store.begin("createMultipartUpload", key);
    return this.resumeMultipartUpload(key, this.#store.open(key, options));
  }

  resumeMultipartUpload(key: string, uploadId: string): R2MultipartUpload {
    return new MockMultipartUpload(this.#store, key, uploadId);
  }
}
