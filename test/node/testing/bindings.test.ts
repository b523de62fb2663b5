import { createMockD1, createMockKV, createMockR2 } from "loom-do/testing";
import { d1Suite } from "../../testing/bindings/d1.suite.ts";
import { kvSuite } from "../../testing/bindings/kv.suite.ts";
import { r2Suite } from "../../testing/bindings/r2.suite.ts";

d1Suite(async () => createMockD1());
kvSuite(async () => createMockKV());
r2Suite(async () => createMockR2());
