export type MailCategory =
  | "important"
  | "actionable"
  | "fyi"
  | "social"
  | "marketing"
  | "transactional"
  | "junk"
  | "uncategorized";

export type MailAction = "respond" | "read" | "archive" | "delete" | "review";

/** What a mail is taken for, and by whom. */
export interface Classification {
  readonly category: MailCategory;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly suggestedAction: MailAction;
  readonly topics: readonly string[];
  readonly reason: string;
  /** The model's own name, `filter` for a rule's word, `heuristics` where no model answered. */
  readonly model: string;
}

/** What is shown of a mail, kept as JSON beside it. */
export interface MailEnvelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly snippet: string;
  /** ISO. */
  readonly date: string;
  readonly labels: readonly string[];
}

export interface TriageStatus {
  readonly queueLength: number;
  readonly digestScheduled: boolean;
  /** ISO. */
  readonly nextDigestAt: string | null;
}
