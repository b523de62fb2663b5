import { z } from "zod";

/** What a provider of identities (OAuth 2) is asked for tokens with. */
export type Grant =
  | { readonly grant_type: "authorization_code"; readonly code: string; readonly redirect_uri: string }
  | { readonly grant_type: "refresh_token"; readonly refresh_token: string };

const Tokens = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1).optional() });

const Claims = z.object({
  email: z.email().max(254).toLowerCase(),
  email_verified: z.boolean().default(false),
  name: z.string().max(200).catch(""),
});

const Refusal = z.object({ error: z.literal("invalid_grant") });

/** Asks for tokens; null when the provider says that there is nothing to give any for. */
export async function requestTokens(identity: Fetcher, grant: Grant): Promise<z.output<typeof Tokens> | null> {
  const response = await identity.fetch("https://identity/token", {
    ...{ method: "POST", body: new URLSearchParams(grant) },
    signal: AbortSignal.timeout(10_000),
  });
  const answer: unknown = await response.json();
  if (response.ok) return Tokens.parse(answer);
  // Anything else it refuses is a fault of ours or its own, and nobody is to lose a session for it.
  if (Refusal.safeParse(answer).success) return null;
  throw new Error(`The identity provider answered ${response.status} when asked for tokens.`);
}

/** Asks who an access token of the provider's stands for. */
export async function requestClaims(identity: Fetcher, accessToken: string): Promise<z.output<typeof Claims>> {
  const response = await identity.fetch("https://identity/userinfo", {
    ...{ headers: { Authorization: `Bearer ${accessToken}` } },
    signal: AbortSignal.timeout(10_000),
  });
  if (response.ok) return Claims.parse(await response.json());
  throw new Error(`The identity provider answered ${response.status} when asked who it is.`);
}
