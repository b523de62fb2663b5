import { writeDirectory } from "./directory.ts";
import { packImages } from "./images.ts";
import { list } from "./listing.ts";
import { announce, recordEnd, sendMail } from "./mail.ts";
import type { Step, StepName } from "./step.ts";
import { packReadme, packTexts } from "./texts.ts";
import { completeUpload } from "./upload.ts";

/** What an export does, in this order; each may be run again as often as it has to be. */
export const steps: Readonly<Record<StepName, Step>> = {
  list,
  images: packImages,
  texts: packTexts,
  readme: packReadme,
  directory: writeDirectory,
  upload: completeUpload,
  announce,
  mail: sendMail,
  record: recordEnd,
};
