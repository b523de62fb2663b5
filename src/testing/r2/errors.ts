const messages = {
  10001: "We encountered an internal error. Please try again.",
  10011: "Your proposed upload is smaller than the minimum allowed object size.",
  10012: "Your metadata headers exceed the maximum allowed metadata size.",
  10020: "The specified object name is not valid.",
  10022: "MaxKeys params must be positive integer <= 1000.",
  10024: "The specified multipart upload does not exist.",
  10025: "One or more of the specified parts could not be found.",
  10039: "The requested range is not satisfiable",
  10048: "There was a problem with the multipart upload.",
} as const;

/** Throws what R2 answers to `operation`, by its number. */
export function refuse(operation: string, code: keyof typeof messages): never {
  throw new Error(`${operation}: ${messages[code]} (${code})`);
}

/** Throws for a value that the platform does not take. */
export function refuseValue(method: string, owner: string): never {
  const types = "JsReadableStream or ArrayBuffer or ArrayBufferView or string or Blob";
  throw new TypeError(`Failed to execute '${method}' on '${owner}': parameter 2 is not of type '${types}'.`);
}
