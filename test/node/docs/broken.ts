// What every broken block looks like: the test shows that the compiler's word reaches it.
export const wrong: number = "text";
