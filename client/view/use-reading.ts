import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../store/model.ts";
import { useModel } from "./context.ts";
import { around, moved, spanOf, unseenBelow, type WindowStart } from "./message-window.ts";
import { firstNew } from "./rows.ts";
import { isNearEnd, lowestSeen, type Place, placeOf, restorePlace } from "./scroll-place.ts";

/** Where one left off in a channel without being at its end; for as long as the page lives. */
const left = new Map<number, { readonly place: Place; readonly start: WindowStart }>();

/**
 * Everything about where one is in a channel's messages: opening at the "New" line or where one left off, following the end,
 * holding still while older ones come in front, moving the window, and telling the model what was seen.
 */
export function useReading(pane: Conversation) {
  const model = useModel();
  const list = useRef<HTMLDivElement>(null);
  const { messages, channel } = pane;
  const [newKey] = useState(() => firstNew(messages, pane.newAfter));
  const [start, setStart] = useState<WindowStart>(() =>
    newKey ? around(messages, newKey) : left.get(channel.id)?.start,
  );
  const span = spanOf(messages, start);
  const following = useRef(newKey === undefined && !left.has(channel.id));
  const place = useRef<Place>(undefined);
  const told = useRef(0);
  const top = useRef(0);
  const [seen, setSeen] = useState<string>();
  const lastOwn = useRef(lastOwnKey(messages));

  // Read while this render has not touched the page yet: the last moment at which a row stands where it is seen.
  if (list.current && !following.current) place.current = placeOf(list.current);

  const own = lastOwnKey(messages);
  if (own !== lastOwn.current) {
    lastOwn.current = own;
    // What one has just said is always seen, wherever one was.
    if (messages.at(-1)?.key === own) following.current = true;
  }

  const look = () => {
    const { current } = list;
    if (!current) return;
    const isAtEnd = span.to === messages.length && isNearEnd(current);
    // Only who scrolls up leaves the end: what grows beside the list, or in it, pushes nobody away.
    if (isAtEnd || current.scrollTop < top.current) following.current = isAtEnd;
    top.current = current.scrollTop;
    if (following.current) left.delete(channel.id);
    else keepPlace(current);
    tell(current);
    if (current.scrollTop < current.clientHeight) {
      if (span.from > 0) setStart(moved(messages, span, -1));
      else if (pane.older === "some") void model.loadOlder();
    } else if (span.to < messages.length && isNearScreen(current)) {
      setStart(moved(messages, span, 1));
    }
  };
  const keepPlace = (current: HTMLElement) => {
    const now = placeOf(current);
    place.current = now;
    if (now) left.set(channel.id, { place: now, start });
  };
  /** Read is what was on the screen of a window that somebody looks at. */
  const tell = (current: HTMLElement) => {
    if (!document.hasFocus() || document.visibilityState !== "visible") return;
    const row = lowestSeen(current);
    if (!row) return;
    const seq = Number(row.dataset["seq"]);
    setSeen((before) => lower(current, before, row.dataset["key"]!));
    if (seq <= told.current) return;
    told.current = seq;
    model.saw(channel.id, seq);
  };

  useLayoutEffect(() => {
    const { current } = list;
    const known = left.get(channel.id);
    if (!current) return;
    const line = current.querySelector<HTMLElement>("[data-new]");
    if (line) current.scrollTop = line.offsetTop - current.clientHeight / 4;
    else if (known) restorePlace(current, known.place);
  }, []);
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    if (following.current) current.scrollTop = current.scrollHeight;
    else if (place.current) restorePlace(current, place.current);
  }, [messages, start]);
  useEffect(look, [messages, start, pane.older]);

  const goToEnd = () => {
    following.current = true;
    setStart(undefined);
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  const latest = useRef(look);
  latest.current = look;
  const toEnd = useRef(goToEnd);
  toEnd.current = goToEnd;
  useEffect(() => {
    const { current } = list;
    if (!current) return undefined;
    const scrolled = () => latest.current();
    const resized = new ResizeObserver(() => {
      if (following.current) current.scrollTop = current.scrollHeight;
      else if (place.current) restorePlace(current, place.current);
      latest.current();
    });
    resized.observe(current);
    resized.observe(current.querySelector("ol")!); // What is in a row may come or unfold later.
    // Who unfolds the last message wants to read it from where one is.
    const pressed = (event: Event) => {
      if (!(event.target as Element).closest("[aria-expanded]")) return;
      following.current = false;
      place.current = placeOf(current);
    };
    const escaped = (event: KeyboardEvent) => {
      // What is open on top has the first claim to Esc; then it means: I have seen all this.
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) toEnd.current();
    };
    addEventListener("keydown", escaped);
    current.addEventListener("click", pressed, { capture: true });
    current.addEventListener("scroll", scrolled, { passive: true });
    addEventListener("focus", scrolled);
    document.addEventListener("visibilitychange", scrolled);
    return () => {
      resized.disconnect();
      removeEventListener("keydown", escaped);
      current.removeEventListener("click", pressed, { capture: true });
      current.removeEventListener("scroll", scrolled);
      removeEventListener("focus", scrolled);
      document.removeEventListener("visibilitychange", scrolled);
    };
  }, []);

  return { list, span, newKey, unseen: unseenBelow(messages, seen), goToEnd };
}

function lastOwnKey(messages: Conversation["messages"]): string | undefined {
  return messages.findLast(({ mine }) => mine)?.key;
}

/** Whether the window's end is less than a screen below. */
function isNearScreen(list: HTMLElement): boolean {
  return list.scrollHeight - list.clientHeight - list.scrollTop < list.clientHeight;
}

/** Of two rows the one that stands further down; one that is no longer in the window was further up. */
function lower(list: HTMLElement, before: string | undefined, now: string): string {
  const keys = Array.from(
    list.querySelectorAll<HTMLElement>("[data-key]"),
    (row) => row.dataset["key"],
  );
  return before !== undefined && keys.indexOf(before) > keys.indexOf(now) ? before : now;
}
