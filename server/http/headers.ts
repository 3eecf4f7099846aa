import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./parts.ts";

const hostShape = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i;
const halfYearSeconds = 180 * 24 * 60 * 60;

/** Gives every answer the headers that keep a browser to this server and to what it sent. */
export const secureHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set("content-security-policy", contentPolicy(c.req.header("host") ?? ""));
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("permissions-policy", "geolocation=(), payment=(), usb=()");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  headers.set("x-request-id", c.var.requestId);
  if (c.var.secure) headers.set("strict-transport-security", `max-age=${halfYearSeconds}`);
  // Over plain http a browser ignores it, and writes an error into the console of every page.
  if (c.var.secure || c.var.publicUrl.startsWith("https:")) {
    headers.set("cross-origin-opener-policy", "same-origin");
  }
  if (c.req.path.startsWith("/api/")) headers.set("cache-control", "no-store");
};

/** Nothing inline, nothing evaluated, nothing from elsewhere. Older browsers don't count a socket as 'self'. */
function contentPolicy(host: string): string {
  const sockets = hostShape.test(host) ? ` ws://${host} wss://${host}` : "";
  return [
    "default-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
