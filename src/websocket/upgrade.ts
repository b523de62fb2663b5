import type { LoomRequestContext } from "../http/context.ts";
import type { Endpoint, Upgrades } from "../http/endpoint.ts";
import { Router } from "../http/router.ts";
import { answerToNobody } from "../http/upgrade.ts";
import { toolsOf } from "../object/tools.ts";
import { isThenable } from "../thenable.ts";
import type { AnyLoomDO } from "../types.ts";
import { Candidate } from "./candidate.ts";
import type { OpenEntry, SocketTable } from "./declared.ts";
import { protocolOf, tagsOf } from "./handshake.ts";

/** What takes the upgrades of a class that declares @OnSocketOpen. */
export class Opens implements Upgrades {
  readonly #router = new Router<Endpoint>();
  readonly #candidates = new WeakMap<LoomRequestContext, Candidate>();

  constructor(opens: SocketTable["opens"], base: Endpoint) {
    for (const entry of opens.values()) this.#router.add("GET", entry.segments, this.#endpoint(entry, base));
  }

  find(path: string) {
    return this.#router.find("GET", path);
  }

  /** Accepts last: once the handler and every middleware have agreed, the outermost too. */
  finish(ctx: LoomRequestContext, response: Response): Response {
    const candidate = this.#candidates.get(ctx);
    if (candidate === undefined) return response;
    const isAgreed = response.status === 101 && response.webSocket === candidate.client;
    const unread = answerToNobody(ctx.request);
    if (isAgreed && !unread) return candidate.accept(ctx.log) ?? response;
    candidate.refuse();
    return (isAgreed && unread) || response;
  }

  #endpoint(entry: OpenEntry, base: Endpoint): Endpoint {
    return {
      ...base,
      pattern: entry.path,
      middleware: [...base.middleware, ...entry.middleware],
      respond: (object, ctx) => this.#open(object, ctx, entry),
    };
  }

  /** Asks the handler; what it returns in place of nothing refuses. */
  #open(object: AnyLoomDO, ctx: LoomRequestContext, entry: OpenEntry): unknown {
    const { tags = [], protocol } = entry.options;
    const candidate = new Candidate(toolsOf(object).ctx, {
      path: ctx.path,
      pattern: entry.path,
      params: ctx.params,
      tags: tagsOf(typeof tags === "function" ? tags(ctx) : tags, entry.where),
      protocol: protocolOf(ctx.request, protocol),
    });
    this.#candidates.set(ctx, candidate);
    const answer: unknown = entry.handlerOf(object).call(object, candidate.own, ctx);
    return isThenable(answer) ? answer.then((value) => agreed(value, candidate)) : agreed(answer, candidate);
  }
}

function agreed(answer: unknown, candidate: Candidate): Response {
  return answer instanceof Response ? answer : candidate.respond();
}
