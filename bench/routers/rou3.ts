import { addRoute, createRouter, findRoute } from "rou3";
import { measure } from "./measure.ts";
import { table } from "./table.ts";

const router = createRouter<number>();
table.forEach(([method, path], route) => addRoute(router, method, path.replace("*rest", "**:rest"), route));

measure((method, path) => {
  const match = findRoute(router, method, path);
  return match && { route: match.data, params: match.params };
});
