/** Something that happened on a site. */
export interface AnalyticsEvent {
  readonly type: string;
  readonly data?: object;
  /** The page, here or in `data`: what follows a `?` or `#` counts for nothing. */
  readonly path?: string;
  /** A pseudonym of the visitor for this day, here or in `data`: it never leaves the object. */
  readonly visitorHash?: string;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

/** What became of a batch. */
export interface RecordedEvents {
  readonly accepted: number;
  readonly rejected: number;
}

/** What a day, or an hour of it, adds up to. */
export interface DayTotals {
  readonly pageViews: number;
  readonly uniqueVisitors: number;
  readonly postsCreated: number;
  readonly commentsCreated: number;
  readonly reactionsGiven: number;
}

export interface PageStats {
  readonly path: string;
  readonly views: number;
  readonly uniqueViews: number;
}

/** One site's day, in UTC. */
export interface DailyStats {
  readonly tenantId: string;
  readonly date: string;
  readonly totals: DayTotals;
  readonly hourly: readonly ({ readonly hour: number } & DayTotals)[];
  /** The twenty most read, the most read first. */
  readonly topPages: readonly PageStats[];
  /** Whether the history has all of it. */
  readonly finalized: boolean;
  /** There were more visitors than are told apart: their number is a floor. */
  readonly uniqueVisitorsCapped?: true;
}
