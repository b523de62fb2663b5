// Babel 7 has no types of its own; this is what the test calls.
declare module "@babel/core" {
  export function transformAsync(code: string, options: object): Promise<{ readonly code: string }>;
}
