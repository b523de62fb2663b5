import { AsyncLocalStorage, type AsyncContext } from "#platform";

/** The event an object is working on: one request, RPC call, socket message or alarm. */
export interface LoomEvent {
  /** The caller's `x-correlation-id`, or the trace id of its `traceparent`. */
  readonly correlationId: string | undefined;
}

/** The current event, for what runs beneath it: every log line carries its correlation id. */
export const currentEvent: AsyncContext<LoomEvent> = new AsyncLocalStorage<LoomEvent>();
