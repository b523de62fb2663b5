/** A number with its digits in groups of three, as in 10,000. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
