import type { GroveEnv } from "../types.ts";
import { answer, guarded, refusal } from "./answers.ts";
import { newState } from "./oauth-state.ts";

/** Where the provider sends the browser back to. */
export function callbackOf(request: Request): string {
  return new URL("/auth/callback", request.url).href;
}

/** `GET /auth/login`: sends the browser to the provider's page, with what it has to bring back. */
export async function startSignIn(request: Request): Promise<Response> {
  const { state, cookie } = newState(request);
  const page = new URL("/auth/authorize", request.url);
  // What the browser says of itself beforehand, such as its address, is the provider's business.
  page.search = new URL(request.url).search;
  page.searchParams.set("response_type", "code");
  page.searchParams.set("redirect_uri", callbackOf(request));
  page.searchParams.set("state", state);
  return answer(null, { status: 302, headers: { Location: page.href }, cookies: [cookie] });
}

/** `GET /auth/authorize`: the provider's page, which has no address of its own. */
export function showProvider(request: Request, { IDENTITY }: GroveEnv): Promise<Response> {
  return guarded("The identity provider has no page.", async () => {
    if (!IDENTITY) return refusal(503, "Sign-in is not available");
    const { origin, search } = new URL(request.url);
    return IDENTITY.fetch(`${origin}/authorize${search}`, { redirect: "manual" });
  });
}
