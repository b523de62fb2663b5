import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import seed from "../../../examples/grove/seed.sql?raw";
import { grove } from "./grove.ts";

type Migrations = Record<"DB" | "IVY_DB", Parameters<typeof applyD1Migrations>[1]>;

/** Makes Grove's databases what `npm start` makes them; test files share them. */
export async function prepareDatabase(): Promise<void> {
  const { MIGRATIONS } = env as unknown as { MIGRATIONS: Migrations }; // bound by options.ts
  await applyD1Migrations(grove.DB, MIGRATIONS.DB);
  await applyD1Migrations(grove.IVY_DB, MIGRATIONS.IVY_DB);
  const statements = seed.split(";\n").filter((text) => text.trim() !== "");
  await grove.DB.batch(statements.map((text) => grove.DB.prepare(text)));
}
