/** True for a request that asks for a WebSocket. */
export function isUpgrade({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket";
}

/**
 * The answer to a client that has left; undefined while it waits, or if that is not known.
 *
 * A socket accepted for it would be open for ever and keep the object awake: the platform never reports its end. The
 * signal tells under the flag enable_request_signal (workerd 2026-10-23).
 */
export function answerToNobody({ signal }: Request): Response | undefined {
  return signal.aborted ? new Response(null, { status: 499 }) : undefined;
}
