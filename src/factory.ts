export { getLoomRPCStub, getLoomStub, getLoomStubById, newLoomStub } from "./factory/stubs.ts";
export type { LoomStubOptions, Namespace } from "./factory/stubs.ts";
export { loomFetch, loomFetchJson } from "./factory/fetch.ts";
export type { Fetchable, LoomFetchJsonInit } from "./factory/fetch.ts";
export type { LoomCall, LoomFetchInit } from "./factory/request.ts";
export { LoomFetchError } from "./factory/fetch-error.ts";
