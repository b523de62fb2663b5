import { expect, vi } from "vitest";
import type { TenantDO } from "../../../examples/grove/objects/tenant.ts";
import { d1, type EventDay, type StoredEvent } from "../../fixtures/grove/tenant.ts";
import { objectOf } from "../../support.ts";
import { grove } from "../support/grove.ts";

/** What the column `theme` and the others hold for a new tenant, unless a test says otherwise. */
const usual = { display_name: "Willow", email: "w@example.com", plan: "oak", theme: '{"accent":"teal"}', active: 1 };

/** A new tenant in D1: its subdomain and its object. */
export async function newTenant(
  columns: Partial<Record<keyof typeof usual, unknown>> = {},
  binding = "TenantOnFailingD1",
) {
  const subdomain = crypto.randomUUID();
  const { display_name, email, plan, theme, active } = { ...usual, ...columns };
  await grove.DB.prepare(
    "INSERT INTO tenants (id, subdomain, display_name, email, plan, theme, active, updated_at) VALUES (?,?,?,?,?,?,?,1)",
  )
    .bind(`id-${subdomain}`, subdomain, display_name, email, plan, theme, active)
    .run();
  return { subdomain, tenant: objectOf<TenantDO>(binding, `tenant:${subdomain}`) };
}

/** Changes a tenant in D1 behind the object's back. */
export async function changeInD1(subdomain: string, column: string, value: unknown): Promise<void> {
  await grove.DB.prepare(`UPDATE tenants SET ${column} = ? WHERE subdomain = ?`).bind(value, subdomain).run();
}

/** Runs `work` while D1 refuses every statement of the objects of TenantOnFailingD1. */
export async function withoutD1<Result>(work: () => Promise<Result>): Promise<Result> {
  d1.isDown = true;
  try {
    return await work();
  } finally {
    d1.isDown = false;
  }
}

/** Has D1 take the batch that `start` has the object send, does `meanwhile`, and lets D1 answer. */
export async function beforeD1Answers(start: () => Promise<unknown>, meanwhile: () => Promise<unknown>): Promise<void> {
  Object.assign(d1, { isHeld: true, answers: 0 });
  const running = start();
  await vi.waitFor(() => expect(d1.answers).toBe(1));
  try {
    await meanwhile();
  } finally {
    d1.isHeld = false;
  }
  await running;
}

/** The batches that the object of a site's day was given, each once. */
export async function batchesOf(site: string, day: string): Promise<{ id: string; events: readonly StoredEvent[] }[]> {
  return objectOf<EventDay>("EventDay", `analytics:${site}:${day}`).given();
}

/** A row of D1's tenants. */
export async function rowOf(subdomain: string) {
  const columns = "display_name, theme, plan, email, updated_at, typeof(updated_at) AS time";
  return (await grove.DB.prepare(`SELECT ${columns} FROM tenants WHERE subdomain = ?`).bind(subdomain).first())!;
}
