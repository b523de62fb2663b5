import { misuse } from "../../errors.ts";
import { isEmpty, statementsOf } from "../statements.ts";
import { files } from "../node.ts";
import type { Engine } from "./engine.ts";

/** Runs `migrations`, a directory of .sql files or SQL, each file in a transaction. */
export function migrate(engine: Engine, migrations: string): void {
  const { existsSync, readdirSync, readFileSync } = files();
  if (!existsSync(migrations)) return run(engine, checked(migrations));
  const names = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  for (const name of names.toSorted()) {
    try {
      run(engine, readFileSync(`${migrations}/${name}`, "utf8"));
    } catch (error) {
      throw new Error(`createMockD1: ${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function run(engine: Engine, script: string): void {
  const statements = statementsOf(script).filter((each) => !isEmpty(each));
  engine.transaction(() => {
    for (const statement of statements) engine.exec(statement);
  });
}

function checked(script: string): string {
  if (/\s/.test(script.trim())) return script;
  throw misuse(`createMockD1: there is no directory "${script}". Give the path from where the tests run, or SQL.`);
}
