import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";

const missing = "Missing key, limit, or windowSeconds";

const given = ({ input }: { readonly input: unknown }) => (input === undefined || input === null ? missing : undefined);

const whole = (least: number, most: number) => z.number({ error: given }).int().min(least).max(most);

export const CheckBody = z.object({
  key: z.string({ error: given }).min(1).max(256),
  limit: z.number({ error: given }).min(0).transform(Math.floor),
  windowSeconds: whole(1, 31_536_000),
  cost: whole(1, 1_000_000).optional(),
});

/** Answers bad input in the form that the objects' callers read: whatever else they are told lets traffic through. */
export const answerBadRequest: InvalidHook = ({ code, issues, error }) => {
  if (code !== LOOM_ERRORS.NOT_JSON.code && !issues) throw error;
  if (issues?.some(({ message }) => message === missing)) return badRequest(missing);
  const field = issues?.[0]?.path?.[0];
  return badRequest(field === undefined ? "Invalid JSON" : `Invalid ${String(field)}`);
};

function badRequest(message: string): Response {
  return LoomResponse.json({ error: "bad_request", message }, 400);
}
