const day = 86_400_000;

/** A zone's clock, as milliseconds: what it shows is written as if it were UTC. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;

  /** Throws for a name that is no zone's. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
  }

  /** How far the clock is ahead of UTC at `time`. */
  offset(time: number): number {
    const whole = Math.floor(time / 1_000) * 1_000;
    const parts = new Map(this.#format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const [year, month, date] = [parts.get("year")!, parts.get("month")!, parts.get("day")!];
    return Date.UTC(year, month - 1, date, parts.get("hour"), parts.get("minute"), parts.get("second")) - whole;
  }

  /** The offsets before and after any change within a day of `time`. */
  around(time: number): readonly [before: number, after: number] {
    return [this.offset(time - day), this.offset(time + day)];
  }

  /** The times at which the clock shows `shown`: one as a rule, none when it is set forward, two when back. */
  timesOf(shown: number): number[] {
    const offsets = new Set(this.around(shown));
    const times = [...offsets].map((offset) => ({ time: shown - offset, offset }));
    return times
      .filter(({ time, offset }) => this.offset(time) === offset)
      .map(({ time }) => time)
      .sort((left, right) => left - right);
  }
}
