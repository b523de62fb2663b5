import type { LoomLogger } from "loom-do";
import type { ExportCounts, ExportRequest, ExportStatus, GroveEnv } from "../../types.ts";
import type { Archive } from "./archive.ts";
import type { Files } from "./files.ts";
import type { Copying } from "./image-copy.ts";
import type { ListingCursor } from "./listing.ts";

export type StepName = "list" | "images" | "texts" | "readme" | "directory" | "upload" | "announce" | "mail" | "record";

/** What an export that is not over has to know; nothing in it grows with the export. */
export interface ExportWork extends ExportRequest {
  readonly step: StepName;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly r2Key: string;
  readonly cursor?: ListingCursor;
  /** The last file whose turn is over. */
  readonly place: number;
  /** How many images are listed. */
  readonly images: number;
  /** The large image that is half done. */
  readonly copying: Copying | null;
  readonly directoryOffset?: number;
  readonly fileSizeBytes?: number;
  readonly counts?: ExportCounts;
  readonly skippedImages?: number;
  /** What went wrong, though the file is there. */
  readonly note?: string;
}

export interface ExportLimits {
  /** The largest image that is taken, in bytes. */
  readonly image: number;
  /** How large the archive may be after an image. */
  readonly archive: number;
}

/** What a step works with. */
export interface StepContext {
  readonly work: ExportWork;
  readonly env: GroveEnv;
  readonly log: LoomLogger;
  readonly files: Files;
  readonly limits: ExportLimits;
  /** False while a step that throws is tried again. */
  readonly isLastTry: boolean;
  /** The archive as the last step left it. */
  archive(): Promise<Archive>;
  /** Throws once the export was cancelled or the step has taken too long. */
  check(): void;
}

/** What a step has done; all of it is kept in one turn. */
export interface StepResult {
  readonly status?: Partial<ExportStatus>;
  readonly work?: Partial<ExportWork>;
  /** Further columns of the row in D1. */
  readonly columns?: {
    readonly r2_key?: string;
    readonly file_size_bytes?: number;
    readonly item_counts?: string;
    readonly error_message?: string;
    readonly completed_at?: number;
  };
  /** True for a step that changes nothing that D1 has. */
  readonly isUntold?: boolean;
  /** Milliseconds until the next step. @default 100 */
  readonly delay?: number;
  /** Keeps what the step made in rows. */
  save?(): void;
}

export type Step = (context: StepContext) => Promise<StepResult>;
