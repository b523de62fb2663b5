export interface Comment {
  readonly id: string;
  readonly userId: string;
  /** As it was written: whoever shows it escapes it. */
  readonly content: string;
  readonly parentId: string | null;
  /** Unix milliseconds, different for every comment of a post. */
  readonly createdAt: number;
}

/** A comment as it is handed in; the same `id` twice is the same comment. */
export interface NewComment {
  readonly id: string;
  readonly userId: string;
  readonly content: string;
  readonly parentId?: string | null;
}

export interface Toggled {
  readonly added: boolean;
  readonly newCount: number;
}

/** Who looks at a post now. */
export interface Viewers {
  /** How many users, however many sockets they have. */
  readonly count: number;
  readonly viewers: readonly string[];
}
