import { type Copying, ImageCopy } from "./image-copy.ts";
import type { Step } from "./step.ts";

const imagesAtOnce = 25;

/** Copies up to 25 images into the archive, or as many bytes of them as one step may. */
export const packImages: Step = async (context) => {
  const { work, files } = context;
  const archive = await context.archive();
  const copy = new ImageCopy(context, archive);
  const entries = new Map<number, Uint8Array>();
  let { place } = work;
  let copying: Copying | null = work.copying;
  // Images are listed first, so their places are 1 to work.images.
  for (const file of files.after(place, Math.min(imagesAtOnce, work.images - place))) {
    if (copy.isSpent) break;
    const copied = await copy.run(file, copying);
    copying = copied instanceof Uint8Array ? null : copied;
    if (copying) break;
    place = file.place;
    if (copied instanceof Uint8Array) entries.set(place, copied);
  }
  const status = { progress: 10 + Math.floor((place / work.images) * 60) };
  const step = place < work.images ? "images" : "texts";
  return { status, work: { step, place, copying }, delay: 1_000, save: () => files.store(entries, archive) };
};
