import { begin, type MockBindingOptions } from "../bindings.ts";
import { byteLength, bytesFrom } from "../bytes.ts";
import { hashOf } from "../node.ts";
import { refuse, refuseValue } from "./errors.ts";
import { metadataOf } from "./metadata.ts";
import { MockR2Object, type Stored } from "./object.ts";
import { join, type Upload } from "./upload.ts";

const maxKeyBytes = 1024;

/** Which upload is meant. */
type Named = Readonly<{ key: string; uploadId: string }>;

/** What is in a bucket: its objects, and the uploads under way. */
export class Store {
  readonly objects = new Map<string, Stored>();
  readonly #uploads = new Map<string, Upload>();
  readonly #options: MockBindingOptions;
  readonly #now: () => number;

  constructor(options: MockBindingOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Begins `operation` on `key`. */
  async begin(operation: string, key: string): Promise<void> {
    await begin(this.#options, operation, key);
    if (byteLength(key) > maxKeyBytes) refuse(operation, 10020);
  }

  /** Keeps an object that is new from now on. */
  keep(made: Omit<Stored, "version" | "uploaded">): MockR2Object {
    const stored = { ...made, version: randomId(), uploaded: this.#now() };
    this.objects.set(stored.key, stored);
    return new MockR2Object(stored);
  }

  /** Opens an upload and answers its id. */
  open(key: string, options: R2MultipartOptions): string {
    const metadata = metadataOf("createMultipartUpload", options);
    const uploadId = randomId();
    const { storageClass = "Standard" } = options;
    this.#uploads.set(uploadId, { key, storageClass, ...metadata, parts: new Map(), isOver: false });
    return uploadId;
  }

  async putPart(named: Named, partNumber: number, value: unknown): Promise<string> {
    await this.begin("uploadPart", named.key);
    const bytes = typeof value === "number" || value === null ? undefined : await bytesFrom(value);
    if (!bytes) refuseValue("uploadPart", "R2MultipartUpload");
    const upload = this.#find(named);
    if (!upload || upload.isOver) return refuse("uploadPart", 10024);
    const etag = randomId();
    upload.parts.set(partNumber, { etag, md5: hashOf("md5", bytes), bytes });
    return etag;
  }

  async complete(named: Named, parts: R2UploadedPart[]): Promise<MockR2Object> {
    await this.begin("completeMultipartUpload", named.key);
    const upload = this.#find(named) ?? refuse("completeMultipartUpload", 10001);
    if (upload.isOver) refuse("completeMultipartUpload", 10024);
    const joined = join(upload, parts);
    this.#end(upload);
    const { key, httpMetadata, customMetadata, storageClass } = upload;
    return this.keep({ key, httpMetadata, customMetadata, storageClass, ...joined, checksums: {} });
  }

  async abort(named: Named): Promise<void> {
    await this.begin("abortMultipartUpload", named.key);
    this.#end(this.#find(named) ?? refuse("abortMultipartUpload", 10001));
  }

  #find({ key, uploadId }: Named): Upload | undefined {
    const upload = this.#uploads.get(uploadId);
    return upload?.key === key ? upload : undefined;
  }

  #end(upload: Upload): void {
    upload.isOver = true;
    upload.parts.clear();
  }
}

function randomId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
