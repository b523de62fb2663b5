/** What operations work on. */
export interface Stores {
  readonly DB: D1Database;
  readonly KV: KVNamespace;
  readonly IMAGES: R2Bucket;
}

/** Whom an operation is for, and the name of what it may make. */
export interface Place {
  readonly tenantId: string;
  /** Starts with `sentinel_test_`; no other operation of the same batch has it. */
  readonly name: string;
}

export interface Effect {
  readonly rowsAffected?: number;
  readonly bytesTransferred?: number;
}

/** One thing that a test does: two subrequests at most. */
export interface Operation {
  readonly name: string;
  readonly needs: readonly (keyof Stores)[];
  /** Makes the table that it writes to, if that is missing. */
  readonly table?: string;
  run(stores: Stores, place: Place): Promise<Effect>;
}
