import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { missingFields } from "./schemas.ts";

/** Answers bad input in JSON with the name of the field. */
export const answerInvalidJson: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  const [field] = issues[0]?.path ?? [];
  return field === undefined
    ? LoomResponse.error(LOOM_ERRORS.NOT_JSON)
    : LoomResponse.json({ error: `Invalid field: ${String(field)}` }, 400);
};

/** Answers bad input the way Grove's callers know it: a bare sentence that names the field. */
export const answerInvalid: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  if (issues.some(({ message }) => message === missingFields)) return LoomResponse.text(missingFields, 400);
  const [field] = issues[0]?.path ?? [];
  // A body that is no object is as unreadable to Grove's callers as one that is no JSON.
  return field === undefined
    ? LoomResponse.error(LOOM_ERRORS.NOT_JSON)
    : LoomResponse.text(`Invalid field: ${field}`, 400);
};
