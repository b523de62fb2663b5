import { retried } from "../../retry.ts";
import { type Archive, partBytes } from "./archive.ts";
import { crc32 } from "./crc32.ts";
import type { ListedFile } from "./files.ts";
import type { StepContext } from "./step.ts";
import { centralHeader, localHeader } from "./zip.ts";

/** How far an image is: it is read for its checksum, which its header begins with, and then copied. */
export interface Copying {
  readonly etag: string;
  readonly size: number;
  readonly crc: number;
  readonly measured: number;
  /** Where its header is, once it has one. */
  readonly offset?: number;
  readonly copied: number;
}

type Context = Pick<StepContext, "work" | "env" | "log" | "limits" | "check">;

/** Copies images into the archive range by range, so that none is ever in memory as a whole unless it is small. */
export class ImageCopy {
  readonly #context: Context;
  readonly #archive: Archive;
  #read = 0;
  #last: { readonly of: string; readonly bytes: Uint8Array } | undefined;

  constructor(context: Context, archive: Archive) {
    this.#context = context;
    this.#archive = archive;
  }

  /** True once this step has read as much as one may. */
  get isSpent(): boolean {
    return this.#read >= 8 * partBytes;
  }

  /** The image's line of the directory; null if it is skipped; how far it is if the step is spent. */
  async run(file: ListedFile, begun: Copying | null): Promise<Uint8Array | Copying | null> {
    this.#context.check();
    let copying: Copying | null = begun ?? (await this.#open(file));
    while (copying && (copying.offset === undefined || copying.copied < copying.size)) {
      if (this.isSpent) return copying;
      this.#context.check();
      copying = await this.#advance(file, copying);
    }
    return copying && centralHeader(this.#entryOf(file, copying));
  }

  async #open(file: ListedFile): Promise<Copying | null> {
    const { env, limits } = this.#context;
    const found = await this.#reading(file, () => env.IMAGES!.head(file.r2_key!)); // listed images have a key
    if (!found) return null;
    const { etag, size } = found;
    const fits = size <= limits.image && this.#archive.size + size <= limits.archive;
    return fits ? { etag, size, crc: 0, measured: 0, copied: 0 } : null;
  }

  async #advance(file: ListedFile, copying: Copying): Promise<Copying | null> {
    const isMeasured = copying.measured === copying.size;
    if (isMeasured && copying.offset === undefined) {
      const offset = this.#archive.size;
      await this.#archive.append(localHeader(this.#entryOf(file, copying)));
      return { ...copying, offset };
    }
    // What is in the archive of an image that breaks off stays there; the directory does not mention it.
    const bytes = await this.#range(file, copying, isMeasured ? copying.copied : copying.measured);
    if (!bytes) return null;
    if (!isMeasured) return { ...copying, measured: copying.measured + bytes.length, crc: crc32(bytes, copying.crc) };
    await this.#archive.append(bytes);
    return { ...copying, copied: copying.copied + bytes.length };
  }

  /** What the image has at `offset`; null if it cannot be read, or is not what it was at first. */
  async #range(file: ListedFile, { etag }: Copying, offset: number): Promise<Uint8Array | null> {
    const of = `${file.place} ${offset}`;
    if (this.#last?.of === of) return this.#last.bytes; // a small image, measured just now
    const options = { range: { offset, length: partBytes }, onlyIf: { etagMatches: etag } };
    const bytes = await this.#reading(file, async () => {
      const found = await this.#context.env.IMAGES!.get(file.r2_key!, options);
      return found && "body" in found ? new Uint8Array(await found.arrayBuffer()) : null;
    });
    this.#read += bytes?.length ?? 0;
    if (bytes) this.#last = { of, bytes };
    return bytes;
  }

  async #reading<Found>({ place }: ListedFile, read: () => Promise<Found>): Promise<Found | null> {
    if (!this.#context.env.IMAGES) return null;
    try {
      return await retried(read);
    } catch (cause) {
      this.#context.log.errorWithCause("An image is left out: R2 did not give it.", cause, { place });
      return null;
    }
  }

  #entryOf({ path }: ListedFile, { crc, size, offset = 0 }: Copying) {
    const time = new Date(this.#context.work.startedAt);
    return { path, isDeflated: false, crc, packed: size, size, offset, time };
  }
}
