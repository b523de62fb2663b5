/** The error that callers get of an object that was reset. */
export function resetError(reason: unknown): unknown {
  const error = reason instanceof Error ? crossing(reason) : new Error(String(reason));
  return Object.assign(error, { durableObjectReset: true });
}

/** The error that callers get of an object that is gone in the middle of their call. */
export function lostError(): Error {
  return Object.assign(new Error("Network connection lost."), { retryable: true });
}

const standard: Record<string, ErrorConstructor | undefined> = {
  ...{ EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError },
};

/** `error` as it arrives at a caller: its class is gone unless it is the language's own, its own properties are kept. */
export function crossing(error: unknown): Error {
  if (error instanceof DOMException) return new DOMException(error.message, error.name);
  if (!(error instanceof Error)) return new Error(String(error));
  const Standard = standard[error.constructor.name] ?? Error;
  const copy = new Standard(error.message);
  const own = Object.fromEntries(
    Object.entries(error).filter(([name, value]) => name !== "stack" && typeof value !== "function"),
  );
  if (error.stack) copy.stack = error.stack;
  return Object.assign(copy, own, { remote: true });
}
