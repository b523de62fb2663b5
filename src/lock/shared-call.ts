/** A running call's result for one who joins: of a Response, returned or thrown, a copy. */
export function joined(result: Promise<unknown>): Promise<unknown> {
  return result.then(copyOf, (thrown) => {
    throw copyOf(thrown);
  });
}

/** A Response's body can be read once: the copy is made before the first caller can read it. */
function copyOf(value: unknown): unknown {
  return value instanceof Response ? value.clone() : value;
}
