import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";

const noId = "Missing bufferId";
const badTimes = "Invalid digest times";

export const ProcessBody = z.object({ bufferId: z.string(noId).min(1, noId).max(128, noId) });

/** Times of day, "HH:MM". */
export const DigestTimes = z
  .array(z.string(badTimes).regex(/^([01]\d|2[0-3]):[0-5]\d$/, badTimes), badTimes)
  .min(1, badTimes)
  .max(24, badTimes);

export const TimeZone = z.string("Invalid timezone").refine(isTimeZone, "Invalid timezone");

export const ScheduleBody = z.object({
  times: DigestTimes.exactOptional(),
  timezone: TimeZone.exactOptional(),
  enabled: z.boolean("Invalid enabled").exactOptional(),
});

/** Answers bad input in TriageDO's form. */
export const answerInvalid: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  const [issue] = issues;
  // A body that is no object is as unreadable as one that is no JSON.
  return issue?.path?.length ? failure(400, issue.message) : LoomResponse.error(LOOM_ERRORS.NOT_JSON);
};

/** A refusal in TriageDO's form. */
export function failure(status: number, error: string): Response {
  return LoomResponse.json({ success: false, error }, status);
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone }));
  } catch {
    return false;
  }
}
