import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import type { Model } from "../store/model.ts";
import { go, route } from "./router.ts";

/** What is open over the page. */
export const overlay = signal<"switcher" | "help" | "new-group" | "status" | undefined>(undefined);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

/** The channel above or below the open one; with `unread`, the next that has something new. */
function stepChannel(model: Model, step: 1 | -1, unread: boolean): void {
  const lines = model.channels.value ?? [];
  const current = route.value;
  const at = lines.findIndex(
    ({ textId }) => current.page === "channel" && textId === current.textId,
  );
  const rest = step === 1 ? lines.slice(at + 1) : lines.slice(0, Math.max(0, at)).reverse();
  const next = rest.find((line) => !unread || line.unread > 0);
  if (next) go(`/c/${next.textId}`);
}

/** F6: list, page, composer, and around. */
function focusNextRegion(back: boolean): void {
  const regions = Array.from(document.querySelectorAll<HTMLElement>("[data-region]")).filter(
    (region) => region.offsetParent !== null,
  );
  const inside = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions.at((inside + (back ? -1 : 1)) % regions.length);
  const target = next?.matches("[tabindex], textarea")
    ? next
    : next?.querySelector<HTMLElement>("[data-first-stop], a, button, input, textarea");
  target?.focus();
}

/** The keys that work wherever one is. */
export function useKeys(model: Model): void {
  // Before anything is painted: what one sees answers to its keys.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const command = event.ctrlKey || event.metaKey;
      if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        overlay.value = "switcher";
      } else if (event.altKey && !command && event.key === "ArrowDown") {
        stepChannel(model, 1, event.shiftKey);
      } else if (event.altKey && !command && event.key === "ArrowUp") {
        stepChannel(model, -1, event.shiftKey);
      } else if (event.key === "F6") {
        focusNextRegion(event.shiftKey);
      } else if (event.key === "?" && !command && !isTyping(event.target)) {
        overlay.value = "help";
      } else {
        return;
      }
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [model]);
}
