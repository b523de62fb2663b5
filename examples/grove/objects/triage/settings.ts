import { safeJsonParse } from "loom-do";
import { nextRun } from "loom-do/cron";
import type { z } from "zod";
import { DigestTimes, type ScheduleBody, TimeZone } from "./schemas.ts";

const defaultTimes = ["08:00", "13:00", "18:00"];

/** When digests are sent, and to whom. */
export interface Settings {
  readonly userId: string;
  readonly times: readonly string[];
  readonly timezone: string;
  readonly enabled: boolean;
  readonly recipient: string | null;
  /** ISO; null before the first digest. */
  readonly lastDigestAt: string | null;
}

interface SettingsRow {
  readonly user_id: string;
  readonly digest_times: string | null;
  readonly digest_timezone: string | null;
  readonly digest_recipient: string | null;
  readonly digest_enabled: number | null;
  readonly last_digest_at: string | null;
}

/** The settings of the mailbox's one owner: the first row, which a digest then changes by its `user_id`. */
export async function readSettings(db: D1Database): Promise<Settings | null> {
  return settingsOf(await db.prepare("SELECT * FROM ivy_settings ORDER BY rowid LIMIT 1").first<SettingsRow>());
}

/** Changes what `change` names, in the first row, or in one made for `owner`; returns them as they then are. */
export async function changeSettings(
  db: D1Database,
  owner: string,
  { times, timezone, enabled }: z.infer<typeof ScheduleBody>,
): Promise<Settings | null> {
  const statement = db.prepare(
    `INSERT INTO ivy_settings (user_id, digest_times, digest_timezone, digest_enabled)
     VALUES (COALESCE((SELECT user_id FROM ivy_settings ORDER BY rowid LIMIT 1), ?1), ?2, ?3, ?4)
     ON CONFLICT (user_id) DO UPDATE SET
       digest_times = COALESCE(excluded.digest_times, digest_times),
       digest_timezone = COALESCE(excluded.digest_timezone, digest_timezone),
       digest_enabled = COALESCE(excluded.digest_enabled, digest_enabled)
     RETURNING *`,
  );
  const json = times ? JSON.stringify(times) : null;
  return settingsOf(
    await statement
      .bind(owner, json, timezone ?? null, enabled === undefined ? null : Number(enabled))
      .first<SettingsRow>(),
  );
}

/** The next of the times of day, by the clock of their zone, that is more than a minute away. */
export function nextDigestTime({ times, timezone }: Settings): Date {
  const after = Date.now() + 60_000;
  const runs = times.map((time) => {
    const [hour, minute] = time.split(":").map(Number);
    return nextRun(`${minute} ${hour} * * *`, { timeZone: timezone, after });
  });
  return new Date(Math.min(...runs.map(Number)));
}

/** What nobody could read would end the digests for good: the defaults stand in for it. */
function settingsOf(row: SettingsRow | null): Settings | null {
  if (!row) return null;
  return {
    userId: row.user_id,
    times: DigestTimes.catch(defaultTimes).parse(safeJsonParse<unknown>(row.digest_times, null)),
    timezone: TimeZone.catch("UTC").parse(row.digest_timezone),
    enabled: row.digest_enabled === 1,
    recipient: row.digest_recipient || null,
    lastDigestAt: row.last_digest_at,
  };
}
