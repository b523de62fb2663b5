import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";

const tooMany = "At most 1000 events at once";

/** Each is looked at alone: one that is no event is not the others' fault. */
export const Events = z.array(z.unknown()).max(1_000, tooMany);

export const BatchId = z.string().min(1).max(200).optional();

export const EventsBody = z.object({ events: Events, batchId: BatchId });

/** Answers what will not do as Grove's objects do, and too many events with a 413. */
export const answerEvents: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  if (issues.some(({ message }) => message === tooMany)) return LoomResponse.error(LOOM_ERRORS.TOO_LARGE);
  const field = issues[0]?.path?.[0];
  return field === undefined
    ? LoomResponse.error(LOOM_ERRORS.NOT_JSON)
    : LoomResponse.json({ error: `Invalid field: ${String(field)}` }, 400);
};
