import { useEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { useModel } from "./context.ts";
import { linkWords } from "./link-bar.tsx";

/** Messages that come within this time are said at once. */
const gatherMs = 250;
const namedMax = 3;

/** The one polite live region: what came in, and how the page stands to the server. */
export function Announcer() {
  const model = useModel();
  const [said, setSaid] = useState("");
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const state = model.link.value.state;

  const say = () => {
    timer.current = undefined;
    const lines = waiting.current.splice(0);
    setSaid(
      lines.length > namedMax
        ? i18n.t("{count, plural, one {# new message} other {# new messages}}", {
            count: lines.length,
          })
        : lines.join(" "),
    );
  };
  useEffect(() => {
    // What was heard before this stood in the page was said before, or by another page.
    const before = model.heard.peek();
    return model.heard.subscribe((heard) => {
      if (!heard || heard === before) return;
      waiting.current.push(i18n.t("{author}: {body}", { author: heard.author, body: heard.body }));
      timer.current ??= setTimeout(say, gatherMs);
    });
  }, [model]);
  useEffect(() => {
    // Only the beginning and the end of a break are worth an interruption, not its seconds.
    if (state === "offline" || state === "restored") setSaid(linkWords(state));
  }, [state]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}
