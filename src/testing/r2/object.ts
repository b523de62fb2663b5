import { MockChecksums } from "./checksums.ts";
import { copyOf, type Metadata, writeHeaders } from "./metadata.ts";
import type { Range } from "./range.ts";

/** What a bucket keeps under a key. */
export interface Stored extends Metadata {
  readonly key: string;
  readonly version: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly uploaded: number;
  readonly checksums: R2StringChecksums;
  readonly storageClass: string;
}

/** An object without its bytes. */
export class MockR2Object implements R2Object {
  readonly key: string;
  readonly version: string;
  readonly size: number;
  readonly etag: string;
  readonly httpEtag: string;
  readonly checksums: R2Checksums;
  readonly uploaded: Date;
  readonly httpMetadata: R2HTTPMetadata;
  readonly customMetadata: Record<string, string>;
  readonly range?: R2Range;
  readonly storageClass: string;

  constructor(stored: Stored, range?: Range) {
    this.key = stored.key;
    this.version = stored.version;
    this.size = stored.bytes.byteLength;
    this.etag = stored.etag;
    this.httpEtag = `"${stored.etag}"`;
    this.checksums = new MockChecksums(stored.checksums);
    this.uploaded = new Date(stored.uploaded);
    this.httpMetadata = copyOf(stored.httpMetadata);
    this.customMetadata = { ...stored.customMetadata };
    if (range) this.range = { ...range };
    this.storageClass = stored.storageClass;
  }

  writeHttpMetadata(headers: Headers): void {
    writeHeaders(this.httpMetadata, headers);
  }
}

/** An object and the bytes that were asked for. */
export class MockR2ObjectBody extends MockR2Object implements R2ObjectBody {
  readonly #response: Response;

  constructor(stored: Stored, range: Range) {
    super(stored, range);
    const { contentType } = stored.httpMetadata;
    const part = stored.bytes.subarray(range.offset, range.offset + range.length);
    this.#response = new Response(part, contentType ? { headers: { "Content-Type": contentType } } : {});
  }

  get body(): ReadableStream {
    return this.#response.body!; // bytes were given
  }

  get bodyUsed(): boolean {
    return this.#response.bodyUsed;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#unread().arrayBuffer();
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  async text(): Promise<string> {
    return this.#unread().text();
  }

  async json<Value>(): Promise<Value> {
    return JSON.parse(await this.text()) as Value; // the caller says what it is
  }

  async blob(): Promise<Blob> {
    return this.#unread().blob();
  }

  #unread(): Response {
    if (!this.bodyUsed) return this.#response;
    const advice = "Use tee() first if you need to read it twice.";
    throw new TypeError(`Body has already been used. It can only be used once. ${advice}`);
  }
}
