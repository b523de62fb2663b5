/** What the alarm of a sink calls on the object's batches; no user's code can name it. */
export const deliver: unique symbol = Symbol("loom.batches.deliver");
