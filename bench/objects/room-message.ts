/** What is said in the room. */
export const message = { type: "typing", author: "ada", slug: "spring-in-the-grove", at: 1_793_000_000_000 };
