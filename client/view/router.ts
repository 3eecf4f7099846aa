import { signal } from "@preact/signals";
import { base } from "../net/base.ts";

export type Route =
  | { readonly page: "channel"; readonly textId: string; readonly panel?: "members" }
  | {
      readonly page:
        | "home"
        | "people"
        | "invitations"
        | "example"
        | "devices"
        | "privacy"
        | "sign-in"
        | "set-up"
        | "invite"
        | "reset"
        | "enter"
        | "unknown";
    };

const pages = {
  "/": "home",
  "/people": "people",
  "/invitations": "invitations",
  "/example": "example",
  "/devices": "devices",
  "/privacy": "privacy",
  "/signin": "sign-in",
  "/setup": "set-up",
  "/invite": "invite",
  "/reset": "reset",
  "/enter": "enter",
} as const;

function routeOf(path: string): Route {
  const [, textId, panel] = /^\/c\/([\w.-]{1,120})(\/members)?$/.exec(path) ?? [];
  if (textId) return { page: "channel", textId, ...(panel && { panel: "members" }) };
  return { page: pages[path as keyof typeof pages] ?? "unknown" };
}

/** What the address bar says of a place in Parley. */
export function addressOf(path: string): string {
  return `${base}${path}`;
}

/** The place that the address bar says. */
function pathNow(): string {
  const { pathname } = location;
  if (!`${pathname}/`.startsWith(`${base}/`)) return pathname;
  return pathname.slice(base.length) || "/";
}

// Asked for past the proxy, or without the slash: from here on it goes by its whole address.
if (!location.pathname.startsWith(`${base}/`)) {
  const { search, hash } = location;
  history.replaceState(history.state, "", `${addressOf(pathNow())}${search}${hash}`);
}

/** Where the page is. Changed by `go` and by the browser's own Back and Forward. */
export const route = signal(routeOf(pathNow()));

addEventListener("popstate", () => {
  route.value = routeOf(pathNow());
});

/** `replace` leaves no way back to where one was. */
export function go(path: string, { replace = false } = {}): void {
  const from = pathNow();
  if (path === from && !location.hash) return;
  if (replace) history.replaceState(history.state, "", addressOf(path));
  else history.pushState({ from }, "", addressOf(path));
  route.value = routeOf(path);
}

/** The arrow of a narrow page: the list, by the browser's own Back where that is where one came from. */
export function goToList(): void {
  goUp("/");
}

/** Closes what was opened over a page, by the browser's own Back where that is where one came from. */
export function goUp(path: string): void {
  if ((history.state as { from?: string } | null)?.from === path) history.back();
  else go(path, { replace: true });
}

/** The one-time code of a link. It stands in the fragment, which no server and no log ever sees. */
export function codeOfLink(): string {
  return new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
}
