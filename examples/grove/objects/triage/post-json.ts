const patience = 15_000;

/** What a service is sent. */
export interface JsonPost {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends JSON to a service: the JSON of its answer, whatever the status. Throws when there is none in 15 seconds. */
export async function postJson(service: Fetcher, url: string, { body, headers }: JsonPost): Promise<unknown> {
  const controller = new AbortController();
  // Not `AbortSignal.timeout`: its timer would keep the object awake, and billed, long after the answer.
  const timer = setTimeout(() => controller.abort(new Error(`${url} did not answer.`)), patience);
  try {
    const response = await service.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    return await response.json();
  } finally {
    clearTimeout(timer);
  }
}
