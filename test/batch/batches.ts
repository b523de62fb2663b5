import { runDurableObjectAlarm } from "cloudflare:test";
import { vi } from "vitest";
import type { Delivered, Told } from "../fixtures/batch.ts";

/** What `object` has delivered. */
export async function deliveredBy(object: unknown): Promise<Delivered[]> {
  // RPC types make `never` of a type that holds `unknown`.
  return (object as Told).delivered();
}

/** Moves the clock to the next alarm of `object` and runs it; returns whether there was one. */
export async function runNextAlarm(object: unknown): Promise<boolean> {
  const due = await (object as Told).alarmAt();
  if (due !== null && vi.isFakeTimers()) vi.setSystemTime(Math.max(due, Date.now()));
  return runDurableObjectAlarm(object as DurableObjectStub);
}
