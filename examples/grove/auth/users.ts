import type { User } from "../types.ts";

const columns = "id, email, name";
const rememberedFor = 60_000;
const mostRemembered = 1_000;

interface Remembered {
  readonly user: User;
  readonly until: number;
}

const remembered = new WeakMap<D1Database, Map<string, Remembered>>();

/** Writes down who has signed in: a new user, or the one who has the address, under the name given now. */
export async function saveUser(db: D1Database, { email, name }: Omit<User, "id">): Promise<User> {
  const statement = db.prepare(
    `INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
     ON CONFLICT (email) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at RETURNING ${columns}`,
  );
  const seconds = Math.floor(Date.now() / 1000);
  // The id of a new user is not used when there is one already: RETURNING says which it is.
  const user = await statement.bind(crypto.randomUUID(), email, name, seconds).first<User>();
  if (!user) throw new Error("D1 gave no row for a user that it wrote.");
  remember(db, user);
  return user;
}

/** The user who has an address; null when nobody has. */
export function findUserByEmail(db: D1Database, email: string): Promise<User | null> {
  return db.prepare(`SELECT ${columns} FROM users WHERE email = ?`).bind(email.toLowerCase()).first<User>();
}

/** Whether an address, however it is written, is a user's: theirs has small letters. */
export function isAddressOf(user: User, email: string | null): boolean {
  return user.email === email?.toLowerCase();
}

/** A user; null when there is none. D1 is asked once a minute, and not for each request. */
export async function findUser(db: D1Database, id: string): Promise<User | null> {
  const known = remembered.get(db)?.get(id);
  if (known && Date.now() < known.until) return known.user;
  const user = await db.prepare(`SELECT ${columns} FROM users WHERE id = ?`).bind(id).first<User>();
  if (user) remember(db, user);
  return user;
}

function remember(db: D1Database, user: User): void {
  const users = remembered.get(db) ?? new Map<string, Remembered>();
  if (users.size >= mostRemembered) users.clear();
  users.set(user.id, { user, until: Date.now() + rememberedFor });
  remembered.set(db, users);
}
