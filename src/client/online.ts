/** Calls `listener` when a browser's network comes back; returns what ends that. */
export function whenOnline(listener: () => void): () => void {
  // Node has no such event, and no global EventTarget.
  const target = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;
  target.addEventListener?.("online", listener);
  return () => target.removeEventListener?.("online", listener);
}
