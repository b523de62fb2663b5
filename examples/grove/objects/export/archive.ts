import type { SqlHelper } from "loom-do";

/** R2 takes equal parts of 5 MiB or more, and a last one of any size. */
export const partBytes = 5 * 1024 ** 2;
const rowBytes = 1024 ** 2;

/**
 * A file in R2 that grows by what is appended to it, over any number of wakes.
 *
 * Full parts are uploaded at once; what is below a part's size is kept in rows by `save`. Whatever was appended after
 * the last `save` is appended again by the next wake, and uploaded under the same part numbers.
 */
export class Archive {
  readonly #upload: R2MultipartUpload;
  readonly #sql: SqlHelper;
  readonly #parts: R2UploadedPart[];
  #saved: number;
  #open = new Uint8Array(partBytes);
  #length = 0;

  constructor(upload: R2MultipartUpload, sql: SqlHelper) {
    this.#upload = upload;
    this.#sql = sql;
    this.#parts = sql<{ number: number; etag: string }>`SELECT number, etag FROM parts ORDER BY number`.map(
      ({ number, etag }) => ({ partNumber: number, etag }),
    );
    this.#saved = this.#parts.length;
    for (const { bytes } of sql<{ bytes: ArrayBuffer }>`SELECT bytes FROM tail ORDER BY place`) {
      this.#open.set(new Uint8Array(bytes), this.#length);
      this.#length += bytes.byteLength;
    }
  }

  /** Bytes so far. */
  get size(): number {
    return this.#parts.length * partBytes + this.#length;
  }

  async append(...pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        const taken = piece.subarray(at, at + partBytes - this.#length);
        this.#open.set(taken, this.#length);
        this.#length += taken.length;
        at += taken.length;
        if (this.#length === partBytes) await this.#flush();
      }
    }
  }

  /** Keeps, in the turn at hand, all that was appended. */
  save(): void {
    for (const { partNumber, etag } of this.#parts.slice(this.#saved))
      this.#sql.exec("INSERT INTO parts (number, etag) VALUES (?, ?)", partNumber, etag);
    this.#saved = this.#parts.length;
    this.#sql.exec("DELETE FROM tail");
    for (let at = 0; at < this.#length; at += rowBytes) {
      const bytes = this.#open.subarray(at, Math.min(at + rowBytes, this.#length));
      this.#sql.exec("INSERT INTO tail (place, bytes) VALUES (?, ?)", at, bytes);
    }
  }

  /** Makes the file one that can be read. */
  async complete(): Promise<void> {
    if (this.#length > 0) await this.#flush();
    await this.#upload.complete(this.#parts);
  }

  async #flush(): Promise<void> {
    const part = await this.#upload.uploadPart(this.#parts.length + 1, this.#open.subarray(0, this.#length));
    this.#parts.push(part);
    this.#open = new Uint8Array(partBytes);
    this.#length = 0;
  }
}
