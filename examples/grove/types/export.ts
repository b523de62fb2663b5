/** What the caller of POST /start asks for. */
export interface ExportRequest {
  /** The caller's UUID, of a row that is in D1 already. */
  readonly exportId: string;
  readonly tenantId: string;
  /** Who is told when the export is ready; only for those that are mailed. */
  readonly userEmail?: string;
  readonly username: string;
  readonly includeImages: boolean;
  readonly deliveryMethod: "email" | "download";
}

export type ExportPhase = "querying" | "assembling" | "uploading" | "notifying" | "complete" | "failed";

/** What GET /status answers. */
export interface ExportStatus {
  readonly exportId: string;
  readonly phase: ExportPhase;
  /** Of a hundred. */
  readonly progress: number;
  readonly errorMessage?: string;
}

/** How many of each kind are in the archive. */
export interface ExportCounts {
  readonly posts: number;
  readonly pages: number;
  readonly images: number;
}
