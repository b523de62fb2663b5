import { z } from "zod";

/** What the `invalid` hook answers when something that must be there is not. */
export const missingFields = "Missing required fields";

/** A text of at most `max` characters. */
export const text = (max: number) => z.string().max(max);

/** A text that has to be there: what is missing or empty is answered with `missingFields`. */
export const required = (max: number) => {
  const missing = ({ input }: { input: unknown }) =>
    input === undefined || input === null ? missingFields : undefined;
  return z.string({ error: missing }).min(1, missingFields).max(max);
};
