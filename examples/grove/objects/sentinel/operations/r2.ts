import type { Operation } from "../operation.ts";

const KiB = 1_024;

const upload = (name: string, size: number): Operation => {
  const bytes = new Uint8Array(size);
  return {
    ...{ name, needs: ["IMAGES"] },
    async run({ IMAGES }, place) {
      await IMAGES.put(place.name, bytes);
      return { bytesTransferred: size };
    },
  };
};

export const uploads: readonly Operation[] = [upload("r2_upload_small", KiB), upload("r2_upload_medium", 64 * KiB)];

export const mediaUpload: Operation = upload("media_upload", 16 * KiB);

export const downloads: readonly Operation[] = [
  {
    ...{ name: "r2_download_simple", needs: ["IMAGES"] },
    async run({ IMAGES }, { name }) {
      const body = await (await IMAGES.get(name))?.arrayBuffer();
      return { bytesTransferred: body?.byteLength ?? 0 };
    },
  },
  {
    ...{ name: "r2_head", needs: ["IMAGES"] },
    async run({ IMAGES }, { name }) {
      await IMAGES.head(name);
      return { bytesTransferred: 0 };
    },
  },
];
