/** True for a decorator that was written without parentheses, or that a legacy compiler called with three arguments. */
export function isBareUse(given: readonly unknown[]): boolean {
  const [, context] = given;
  return given.length === 3 || (typeof context === "object" && context !== null && "kind" in context);
}
