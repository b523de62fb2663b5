/** Resolves when `check` no longer throws; after `limit` ms with its last error. */
export async function eventually(check: () => void | Promise<void>, limit = 60_000): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
