/** The runtime's module for tests, which a worker under the flag `unsafe_module` may import. */
declare module "workerd:unsafe" {
  const unsafe: {
    evict(stub: DurableObjectStub, options: { webSockets: "hibernate" }): Promise<void>;
  };
  export default unsafe;
}
