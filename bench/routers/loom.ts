import { parsePath } from "../../src/http/path.ts";
import { Router } from "../../src/http/router.ts";
import { measure } from "./measure.ts";
import { table } from "./table.ts";

const router = new Router<number>();
table.forEach(([method, path], route) => router.add(method, parsePath(path, path), route));

measure((method, path) => {
  const match = router.find(method, path);
  return match && { route: match.value, params: match.params };
});
