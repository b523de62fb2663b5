/** Calls what the user gave: what it throws is reported like an event listener's, and stops nothing. */
export function safely(call: () => void): void {
  try {
    call();
  } catch (error) {
    report(error);
  }
}

/** Has an error reported as one that nobody caught. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
