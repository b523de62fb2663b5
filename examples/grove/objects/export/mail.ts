import type { GroveEnv } from "../../types.ts";
import { counted } from "./readme.ts";
import { seconds } from "./record.ts";
import type { ExportWork, Step } from "./step.ts";

const accountPage = "https://grove.place/account";
const note = "The export is ready, but the e-mail about it could not be sent.";

/** Says in D1 that the owner is about to be told. */
export const announce: Step = async () => ({ status: { phase: "notifying" }, work: { step: "mail" } });

/** Tells the owner; an export that nobody can be told of is complete all the same, with a note. */
export const sendMail: Step = async ({ work, env, log, isLastTry }) => {
  try {
    await post(work, env);
    // Once it is out, D1 cannot make this step one that has failed: the next one tells it.
    return { work: { step: "record" }, isUntold: true };
  } catch (cause) {
    if (env.ZEPHYR && !isLastTry) throw cause;
    log.errorWithCause("The mail about an export was not sent.", cause);
    return { work: { step: "record", note }, isUntold: true };
  }
};

/** Says in D1 that the export can be downloaded. */
export const recordEnd: Step = async ({ work: { note } }) => ({
  status: { phase: "complete", progress: 100, ...(note && { errorMessage: note }) },
  columns: { completed_at: seconds(), ...(note && { error_message: note }) },
});

async function post(work: ExportWork, { ZEPHYR, ZEPHYR_URL = "https://zephyr", ZEPHYR_API_KEY = "" }: GroveEnv) {
  if (!ZEPHYR) throw new Error("The binding ZEPHYR is missing.");
  const headers = {
    "Content-Type": "application/json",
    "X-API-Key": ZEPHYR_API_KEY,
    // A step that is run again sends nothing twice.
    "Idempotency-Key": `export:${work.exportId}`,
  };
  const body = JSON.stringify(mailOf(work));
  const response = await ZEPHYR.fetch(`${ZEPHYR_URL}/send`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`The mailer answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

function mailOf({ userEmail, includeImages, counts, skippedImages = 0 }: ExportWork) {
  const { posts, pages, images } = counts!; // counted when the archive was made
  const packed = [counted(posts, "post"), counted(pages, "page"), ...(includeImages ? [counted(images, "image")] : [])];
  const skipped =
    skippedImages === 0 ? [] : [`${counted(skippedImages, "image")} had to be left out: README.md names them.`];
  const lines = ["Your Grove export is ready.", `It has ${packed.join(", ")}.`, ...skipped];
  const end = "The download lasts 7 days.";
  const link = `<a href="${accountPage}">your account page</a>`;
  return {
    ...{ type: "transactional", template: "raw", to: userEmail, subject: "Your Grove export is ready" },
    html: [...lines, `Download it from ${link}. ${end}`].map((line) => `<p>${line}</p>`).join("\n"),
    text: [...lines, `Download it from your account page: ${accountPage}`, end].join("\n\n"),
  };
}
