import { misuse } from "../../errors.ts";
import { type AlarmRow, alarmTime } from "./alarm-row.ts";
import type { Disk } from "./disk.ts";
import { MockKv } from "./kv-storage.ts";
import { deleteAll, getAll, putAll } from "./many.ts";
import { MockSql } from "./sql-storage.ts";
import type { Tenant } from "./tenant.ts";
import { MockTransaction } from "./transaction.ts";

const disks = new WeakMap<object, Disk>();

/** What is under a storage of the kit's. */
export function diskOf(storage: object): Disk {
  const disk = disks.get(storage);
  if (disk) return disk;
  throw misuse(
    "wake: `storage` is none of the kit's. Take it from `wake(…).storage` or `createMockDOState().storage`.",
  );
}

const bookmark = "00000000-00000000-00000000-00000000000000000000000000000000";

/** `ctx.storage` of one wake. */
export class MockStorage {
  readonly #disk: Disk;
  readonly #alarm: AlarmRow;
  readonly #tenant: Tenant;
  readonly sql: MockSql;
  readonly kv: MockKv;

  constructor(disk: Disk, alarm: AlarmRow, tenant: Tenant) {
    this.#disk = disk;
    this.#alarm = alarm;
    this.#tenant = tenant;
    disks.set(this, disk);
    const check = () => this.#counts();
    this.sql = new MockSql(disk, check);
    this.kv = new MockKv(disk, check);
  }

  get(keys: string | string[]): Promise<unknown> {
    return this.#run(() => getAll(this.kv, keys));
  }

  list(options?: DurableObjectListOptions): Promise<Map<string, unknown>> {
    return this.#run(() => new Map(this.kv.list(options)));
  }

  put(entries: string | Record<string, unknown>, value?: unknown): Promise<void> {
    return this.#run(() => putAll(this.kv, entries, value));
  }

  delete(keys: string | string[]): Promise<boolean | number> {
    return this.#run(() => deleteAll(this.kv, keys));
  }

  /** Forgets everything, the alarm too. */
  deleteAll(): Promise<void> {
    return this.#run(() => {
      this.#alarm.restore();
      this.#disk.touch();
      this.#disk.clear();
    });
  }

  getAlarm(): Promise<number | null> {
    return this.#run(() => this.#alarm.get());
  }

  setAlarm(time: number | Date): Promise<void> {
    return this.#run(() => {
      const due = alarmTime(time, this.#tenant.now());
      this.#tenant.checkAlarms();
      this.#alarm.set(due);
    });
  }

  deleteAlarm(): Promise<void> {
    return this.#run(() => this.#alarm.delete());
  }

  transactionSync<Result>(work: () => Result): Result {
    if (!this.#counts()) return work();
    const undo = this.#alarm.mark();
    try {
      return this.#disk.nested(work);
    } catch (error) {
      undo();
      throw error;
    }
  }

  async transaction<Result>(work: (transaction: MockTransaction) => Promise<Result>): Promise<Result> {
    if (this.#tenant.isOver) return never();
    return this.#tenant.block(async () => {
      const undo = this.#alarm.mark();
      this.#disk.hold();
      const transaction = new MockTransaction(this, () => this.#rollback(undo));
      try {
        const result = await work(transaction);
        if (!this.#tenant.isOver) this.#disk.commit();
        return result;
      } catch (error) {
        this.#rollback(undo);
        throw error;
      }
    });
  }

  /** Resolves when everything is on disk. */
  async sync(): Promise<void> {
    if (this.#tenant.isOver) return never();
    await this.#disk.settling;
  }

  getCurrentBookmark(): Promise<string> {
    return this.#run(() => bookmark);
  }

  #rollback(undo: () => void): void {
    if (this.#tenant.isOver) return;
    undo();
    this.#disk.rollback();
  }

  /** False for the code of a wake that is over: workerd would not run it any more, here it changes nothing. */
  #counts(): boolean {
    if (!this.#tenant.isOver) return true;
    if (this.#tenant.isRunning) return false;
    throw new Error("This instance is no longer the object: it was evicted, reset or crashed. Ask the object again.");
  }

  /** What a wake that is over waits for never comes: workerd would not run its code any more. */
  async #run<Result>(work: () => Result): Promise<Result> {
    return this.#tenant.isOver ? never() : work();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
