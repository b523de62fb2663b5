import type { LoomErrorDef } from "loom-do";

export const badFrame = userError(400, "The message is not valid.");
export const unknownParent = userError(400, "The comment that this one answers is not known.");
export const tooManyTypes = userError(400, "This post has as many kinds of reactions as it may have.");
export const tooLong = userError(413, "The message is too long.");
export const tooFast = userError(429, "Too many comments. Please wait a minute.");

export const notSaved: LoomErrorDef = {
  code: "POST-503",
  status: 503,
  category: "admin",
  userMessage: "The comment could not be saved. Please try again.",
  adminMessage: "D1 does not take comments, or does not say which there are.",
};

function userError(status: number, userMessage: string): LoomErrorDef {
  return { code: `POST-${status}`, status, category: "user", userMessage, adminMessage: userMessage };
}
