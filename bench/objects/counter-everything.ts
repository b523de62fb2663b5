export * from "loom-do";
export default { fetch: () => new Response() };
