import { type Patience, TestSocket } from "./socket/client.ts";

/** How a test connects. */
export interface ConnectOptions {
  readonly headers?: HeadersInit;
  /** The subprotocols to ask for. */
  readonly protocols?: readonly string[];
}

/** Where a socket is opened. */
export interface Door {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** How long the socket's client waits. @default for ever */
  readonly patience?: Patience;
}

/** Opens a WebSocket; throws when the object answers with anything but 101. */
export async function connectTo(
  { fetch, patience }: Door,
  path: string,
  { headers, protocols = [] }: ConnectOptions,
): Promise<TestSocket> {
  const sent = new Headers(headers);
  sent.set("Upgrade", "websocket");
  if (protocols.length > 0) sent.set("Sec-WebSocket-Protocol", protocols.join(", "));
  const response = await fetch(path, { headers: sent });
  const { webSocket } = response;
  if (!webSocket) throw new Error(`connect: ${path} was answered with ${response.status}, ${await response.text()}`);
  return new TestSocket(webSocket, response.headers.get("Sec-WebSocket-Protocol") ?? "", patience);
}

/** The URL for a path, or the whole URL that was given. */
export function urlOf(input: string | URL): URL {
  return new URL(input, "https://object.test");
}
