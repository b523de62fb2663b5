/** One answer for every route: what is compared is the way to the handler. */
export const answer = new Response(null, { status: 204 });

/** A request to each route, with parameters that need no decoding, as most have. */
export const requests: readonly Request[] = [
  ["GET", "/health"],
  ["GET", "/posts"],
  ["POST", "/posts"],
  ["GET", "/posts/spring-in-the-grove"],
  ["PUT", "/posts/spring-in-the-grove?draft=1"],
  ["GET", "/posts/spring-in-the-grove/comments/4711"],
  ["DELETE", "/posts/spring-in-the-grove/comments/4711"],
].map(([method, path]) => new Request(`https://grove.place${path}`, { method: method! }));

/** Answers the requests one after the other, `turns` times. */
export function answerAll(object: { fetch(request: Request): unknown }, turns: number): void {
  for (let turn = 0; turn < turns; turn++) {
    for (const request of requests) {
      if (object.fetch(request) !== answer) throw new Error(`${request.method} ${request.url} found no handler`);
    }
  }
}
