interface Upgrade extends ResponseInit {
  readonly webSocket?: WebSocket | null;
}

/** `Native` that also makes the answer to an upgrade: status 101 and the client's socket. */
export function upgradable(Native: typeof Response): typeof Response {
  return new Proxy(Native, {
    construct(target, [body, init = {}]: [BodyInit | null, Upgrade?], made) {
      if (init.status !== 101) return Reflect.construct(target, [body, init], made) as Response;
      const { headers, webSocket } = init;
      const response = Reflect.construct(target, [null, { ...(headers && { headers }) }], made) as Response;
      return Object.defineProperties(response, {
        status: { value: 101 },
        statusText: { value: "Switching Protocols" },
        ok: { value: false },
        webSocket: { value: webSocket ?? null },
      });
    },
  });
}

/** `Native` that takes a stream for a body as it is. */
export function streaming(Native: typeof Request): typeof Request {
  return new Proxy(Native, {
    construct(target, [input, init]: [RequestInfo, RequestInit?], made) {
      const isStream = init && !(init instanceof target) && init.body instanceof ReadableStream;
      return Reflect.construct(target, [input, isStream ? { ...init, duplex: "half" } : init], made) as Request;
    },
  });
}

/** `answer` for as long as the caller wants it: `signal` takes back the call, and what is unread of the body. */
export async function untilAborted(signal: AbortSignal, answer: Promise<Response>): Promise<Response> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  const response = await Promise.race([answer, aborted.promise]).finally(() =>
    signal.removeEventListener("abort", abort),
  );
  if (!response.body || response.status === 101) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(new TransformStream(), { signal }), { status, statusText, headers });
}
