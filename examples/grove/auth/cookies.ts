/** A cookie on its way to a browser. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** In seconds; 0 takes it away. */
  readonly maxAge: number;
  /** Whether all of Grove's sites are sent it, or this host alone. */
  readonly isShared: boolean;
}

/** The values of a request's cookies called `name`: a browser may send several. */
export function cookiesOf(request: Request, name: string): string[] {
  const pairs = (request.headers.get("Cookie") ?? "").split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

/** A `Set-Cookie` line. `Secure` is left out on this machine, `Domain` on hosts that are not Grove's. */
export function setCookie(request: Request, { name, value, maxAge, isShared }: Cookie): string {
  const { hostname } = new URL(request.url);
  return [
    ...[`${name}=${value}`, "Path=/", "HttpOnly"],
    ...(isSecure(request) ? ["Secure"] : []),
    "SameSite=Lax",
    // A browser takes no cookie for a domain that its page is not of.
    ...(isShared && /(^|\.)grove\.place$/.test(hostname) ? ["Domain=.grove.place"] : []),
    `Max-Age=${maxAge}`,
  ].join("; ");
}

/** False on this machine, which is reached without TLS. */
export function isSecure(request: Request): boolean {
  return !/^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost)$/.test(new URL(request.url).hostname);
}
