import type { Used } from "../objects/grove/usage.ts";
import { grouped } from "../support/grouped.ts";
import type { Row } from "../support/row.ts";
import { billBeyondIncluded, billOf } from "./bill.ts";
import { type ByHand, type Objects, sumOf } from "./traffic.ts";

const hoursAMonth = 100;

/** What the hour costs with objects and by hand: requests and rows, and the bill for a hundred such hours. */
export function costRows(objects: Objects, byHand: ByHand): Row[] {
  const [ours, theirs] = [sumOf(...Object.values(objects)), sumOf(...Object.values(byHand))];
  const { TenantDO, AnalyticsDO, PostDO, SessionDO } = objects;
  const { views, reactions, sessions } = byHand;
  return [
    {
      what: "Grove, that hour: requests to objects",
      measured: grouped(ours.requests),
      beside: `${byClass(objects, "requests")}; a Worker that kept the config would ask for it once, and not 10,000 times`,
    },
    {
      what: "Grove, that hour: rows read",
      measured: grouped(ours.rowsRead + ours.d1RowsRead),
      beside: `by hand ${grouped(theirs.d1RowsRead)}; D1 ${ours.d1RowsRead}, ${byClass(objects, "rowsRead")}`,
    },
    {
      what: "Grove, that hour: rows written",
      measured: grouped(ours.rowsWritten + ours.d1RowsWritten),
      beside: `by hand ${grouped(theirs.d1RowsWritten)}; D1 ${ours.d1RowsWritten}, ${byClass(objects, "rowsWritten")}`,
    },
    billRow("in all", ours, theirs, partsOf(ours, theirs)),
    billRow(
      "page views",
      sumOf(TenantDO, AnalyticsDO),
      views,
      "a view is a row until its batch is delivered, a page's new reader another; by hand nothing is counted; the post's text, its own count of views and the site's budget are in neither",
    ),
    billRow("reactions", PostDO, reactions, "a reaction is a row, its count another"),
    billRow("sessions", SessionDO, sessions, "a request each, and a row a visit: when it was last active"),
  ];
}

function byClass(objects: Objects, key: keyof Used): string {
  return Object.entries(objects)
    .map(([name, used]) => `${name} ${grouped(used[key])}`)
    .join(", ");
}

function billRow(what: string, ours: Used, theirs: Used, note: string): Row {
  const [bill, byHand] = [billOf(ours, hoursAMonth).total, billOf(theirs, hoursAMonth).total];
  return {
    what: `Grove, a month of 100 such hours, every unit paid: ${what}`,
    measured: dollars(bill),
    goal: `≤ by hand: ${dollars(byHand)}`,
    isReached: bill <= byHand,
    beside: note,
  };
}

function partsOf(ours: Used, theirs: Used): string {
  const { requests, gigabyteSeconds, rowsRead, rowsWritten } = billOf(ours, hoursAMonth);
  const [beyond, byHand] = [billBeyondIncluded(ours, hoursAMonth), billBeyondIncluded(theirs, hoursAMonth)];
  return [
    `rows written ${dollars(rowsWritten)}, requests ${dollars(requests)}`,
    `duration ${dollars(gigabyteSeconds)} (as callers waited here), rows read ${dollars(rowsRead)}`,
    `beyond what the plan includes ${dollars(beyond.total)}, by hand ${dollars(byHand.total)}`,
  ].join("; ");
}

function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 0.1 ? 3 : 2)}`;
}
