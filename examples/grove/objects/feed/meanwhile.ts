/** Whom and what a feed was told about while it is being built: that holds, whatever D1 said before. */
export class Meanwhile {
  readonly authors = new Set<string>();
  readonly posts = new Set<string>();
}
