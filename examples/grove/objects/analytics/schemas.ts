import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";
import { answerInvalidJson } from "../../invalid.ts";

const tooMany = "At most 1000 events at once";

/** Each is looked at alone: one that is no event is not the others' fault. */
export const Events = z.array(z.unknown()).max(1_000, tooMany);

export const BatchId = z.string().min(1).max(200).optional();

export const EventsBody = z.object({ events: Events, batchId: BatchId });

/** Answers too many events with a 413. */
export const answerEvents: InvalidHook = (problem, ctx) => {
  const areTooMany = problem.issues?.some(({ message }) => message === tooMany);
  return areTooMany ? LoomResponse.error(LOOM_ERRORS.TOO_LARGE) : answerInvalidJson(problem, ctx);
};
