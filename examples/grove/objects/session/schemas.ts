import { z } from "zod";
import { text } from "../../schemas.ts";

/** A year, the longest life of a session in seconds. */
export const longestLife = 31_536_000;

const seconds = z.number().min(1).max(longestLife).optional();

const clipped = (max: number) =>
  z
    .string()
    .transform((value) => value.slice(0, max))
    .nullish();

export const SessionId = z.string();

export const NewSessionBody = z
  .object({
    deviceId: text(128).min(1),
    deviceName: text(200).optional(),
    ipAddress: clipped(64),
    userAgent: clipped(512),
    expiresInSeconds: seconds,
    expiresIn: seconds,
    refreshToken: text(16_384).min(1).optional(),
  })
  .refine(({ expiresInSeconds, expiresIn }) => (expiresInSeconds ?? expiresIn) !== undefined, {
    path: ["expiresInSeconds"],
    message: "a session has an end",
  });

export const MoreSeconds = z.number().positive();
