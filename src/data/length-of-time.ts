const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time: milliseconds, or a number with a unit. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** `duration` in milliseconds; undefined for what is not a length of time. */
export function lengthOf(duration: Duration): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const found = typeof duration === "number" ? duration : Number(amount) * units[unit as keyof typeof units];
  return Number.isFinite(found) && found >= 0 ? found : undefined;
}
