import { log } from "./log.ts";

interface Extras {
  readonly status?: number;
  /** `Set-Cookie` lines. */
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer about who is signed in, which no cache keeps. */
export function answer(data: object | null, { status = 200, cookies = [], headers = {} }: Extras = {}): Response {
  const body = data && JSON.stringify(data);
  const response = new Response(body, { status, headers: { ...headers, "Cache-Control": "no-store" } });
  if (data) response.headers.set("Content-Type", "application/json");
  for (const cookie of cookies) response.headers.append("Set-Cookie", cookie);
  return response;
}

/** An answer that says what went wrong. */
export function refusal(status: number, error: string, extras: Extras = {}): Response {
  return answer({ success: false, error }, { ...extras, status });
}

/** What `work` answers; a failure is logged, and told as a 503 that says nothing of its cause. */
export async function guarded(what: string, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (cause) {
    log.errorWithCause(what, cause);
    return refusal(503, "Sign-in is not available");
  }
}
