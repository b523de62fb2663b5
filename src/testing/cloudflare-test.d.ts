// The part of cloudflare:test that the helpers use, so that nothing else of Loom needs the types of the plugin.
declare module "cloudflare:test" {
  export function runInDurableObject<Instance extends Rpc.DurableObjectBranded, Result>(
    stub: DurableObjectStub<Instance>,
    look: (object: Instance, ctx: DurableObjectState) => Result | Promise<Result>,
  ): Promise<Result>;
  export function runDurableObjectAlarm(stub: DurableObjectStub<Rpc.DurableObjectBranded>): Promise<boolean>;
  export function evictDurableObject(stub: DurableObjectStub<Rpc.DurableObjectBranded>): Promise<void>;
}
