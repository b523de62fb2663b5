/** What `call` failed with. `expect(call).rejects` leaves an RPC promise's rejection unhandled (workerd 2026-10-23). */
export async function failureOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    return { succeededWith: await call };
  } catch (error) {
    return error;
  }
}
