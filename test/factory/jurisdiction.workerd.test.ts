import { expect, test } from "vitest";
import { echoes } from "./namespaces.ts";

test("the local runtime has no jurisdictions (2026-10-01)", () => {
  expect(() => echoes.jurisdiction("eu")).toThrow("not implemented in workerd");
});
