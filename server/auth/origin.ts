/**
 * Whether a page that may speak to this server sent the request: one of the same host, or of PUBLIC_URL where a proxy
 * changes the host. Requests without `Origin` come from programs, which carry no cookies of a browser; a browser that
 * leaves `Origin` out says by `Sec-Fetch-Site` where the request comes from.
 */
export function allowedOrigin(
  request: Request,
  { publicUrl }: { readonly publicUrl?: string | undefined },
): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) {
    const site = request.headers.get("sec-fetch-site");
    return site === null || site === "same-origin" || site === "none";
  }
  if (!URL.canParse(origin)) return false; // "null", of a sandboxed page.
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;

  // The scheme is not compared: behind a proxy that ends TLS this server sees http.
  return new URL(origin).host === hostOf(request, origin);
}

function hostOf(request: Request, origin: string): string | undefined {
  const host = request.headers.get("host");
  // Parsed with the scheme of the page, so that ":443" and "" are the same for https.
  const url = `${new URL(origin).protocol}//${host}`;
  return host !== null && URL.canParse(url) ? new URL(url).host : undefined;
}

/** Whether a page of another site sent it that the operator named in CORS_ORIGINS. */
export function isNamedOrigin(request: Request, corsOrigins: readonly string[]): boolean {
  const origin = request.headers.get("origin");
  return origin !== null && corsOrigins.includes(origin);
}
