/** Shows an error that no caller hears of. */
export function report(where: string, error: unknown): void {
  try {
    console.error(`${where}:`, error);
  } catch {
    // A test that watches the console may not expect it; what goes on here has to.
  }
}
