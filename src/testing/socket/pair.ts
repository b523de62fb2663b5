import { End } from "./end.ts";
import { MockSocket } from "./socket.ts";

/** `WebSocketPair`, which workerd has as a global. */
export class MockSocketPair {
  readonly 0: MockSocket;
  readonly 1: MockSocket;

  constructor() {
    const [client, server] = End.pair();
    this[0] = new MockSocket(client);
    this[1] = new MockSocket(server);
  }
}

/** `WebSocketRequestResponsePair`, which workerd has as a global. */
export class MockRequestResponsePair {
  readonly request: string;
  readonly response: string;

  constructor(request: string, response: string) {
    this.request = String(request);
    this.response = String(response);
  }
}
