import type { Used } from "../objects/grove/usage.ts";

// What an object is billed for as long as it runs, whatever it needs.
const gigabytes = 0.128;

/** What is billed; a row costs the same in D1 and in an object. What the Worker itself costs is left out. */
interface Units {
  readonly requests: number;
  readonly gigabyteSeconds: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

// The paid plan: dollars a million, and what it includes in a month.
const prices: Units = { requests: 0.15, gigabyteSeconds: 12.5, rowsRead: 0.001, rowsWritten: 1 };
const included: Units = { requests: 1e6, gigabyteSeconds: 4e5, rowsRead: 25e9, rowsWritten: 50e6 };

export type Bill = Units & { readonly total: number };

/** Dollars for `times` as much, every unit paid. */
export function billOf(used: Used, times: number): Bill {
  return priced(unitsOf(used, times));
}

/** The same on an account that uses nothing else. */
export function billBeyondIncluded(used: Used, times: number): Bill {
  const units = unitsOf(used, times);
  return priced(mapped((key) => Math.max(0, units[key] - included[key])));
}

function unitsOf({ requests, seconds, rowsRead, rowsWritten, d1RowsRead, d1RowsWritten }: Used, times: number): Units {
  return {
    requests: requests * times,
    gigabyteSeconds: seconds * gigabytes * times,
    rowsRead: (rowsRead + d1RowsRead) * times,
    rowsWritten: (rowsWritten + d1RowsWritten) * times,
  };
}

function priced(units: Units): Bill {
  const bill = mapped((key) => (units[key] * prices[key]) / 1e6);
  return { ...bill, total: Object.values(bill).reduce((sum, dollars) => sum + dollars) };
}

function mapped(by: (key: keyof Units) => number): Units {
  const keys = Object.keys(prices) as (keyof Units)[];
  return Object.fromEntries(keys.map((key) => [key, by(key)])) as unknown as Units; // the same keys
}
