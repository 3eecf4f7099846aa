import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Seq } from "#wire/ids.ts";
import type { Conversation, ShownMessage } from "../store/model.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { ListStart } from "./list-start.tsx";
import { MessageRow } from "./message-row.tsx";
import { rowsIn } from "./scroll-place.ts";
import { rowsOf } from "./rows.ts";
import { dayName } from "./time.ts";
import { useReading } from "./use-reading.ts";

interface Props {
  readonly pane: Conversation;
  readonly composer: RefObject<HTMLTextAreaElement | null>;
}

const Receipts = lazy(async () => (await import("./receipts.tsx")).Receipts);

/** What was said, oldest first, in a window of some 200 rows that moves with the reader. */
export function MessageList({ pane, composer }: Props) {
  const { list, span, newKey, unseen, goToEnd } = useReading(pane);
  const [stop, setStop] = useState<string>();
  const { channel, messages } = pane;
  const [asked, setAsked] = useState<Seq>();
  const ask = channel.kind === "direct" ? undefined : askWho;
  const rows = rowsOf(messages, span, newKey);
  const isShown = rows.some(({ key }) => key === stop);
  const stopKey = isShown ? stop : messages[span.to - 1]?.key;

  function askWho({ mine, seq, delivery }: ShownMessage): void {
    const isThere = delivery.state !== "sending" && delivery.state !== "refused";
    if (mine && isThere) setAsked(seq);
  }

  const press = (event: KeyboardEvent) => {
    if (!list.current || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      composer.current?.focus();
      return;
    }
    if (event.key === "Enter" && ask && event.target instanceof HTMLLIElement) {
      const { key } = event.target.dataset;
      const message = messages.find((one) => one.key === key);
      if (message) ask(message);
      event.preventDefault(); // Else what opens takes this very key for its own button.
      return;
    }
    const all = rowsIn(list.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next: Record<string, number> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      Home: 0,
      End: all.length - 1,
    };
    const wanted = next[event.key];
    if (at < 0 || wanted === undefined) return;
    event.preventDefault();
    if (event.key === "End") goToEnd();
    const row = all[wanted];
    row?.focus({ preventScroll: event.key === "End" });
    row?.scrollIntoView({ block: "nearest" });
  };

  return (
    <div class="message-area">
      <div class="message-list" ref={list} data-region="messages" onKeyDown={press}>
        <ListStart pane={pane} isFirst={span.from === 0} />
        <ol
          aria-label={i18n.t("Messages")}
          onFocusIn={(event) => {
            const row = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
            if (row) setStop(row.dataset["key"]);
          }}
        >
          {rows.map((row) => {
            switch (row.kind) {
              case "day":
                return (
                  <li class="list-line" key={row.key}>
                    {dayName(row.atMs)}
                  </li>
                );
              case "new":
                return (
                  <li class="list-line list-line-new" key={row.key} data-new="">
                    {i18n.t("New")}
                  </li>
                );
              case "message":
                return (
                  <MessageRow
                    key={row.key}
                    message={row.message}
                    isFirst={row.isFirst}
                    isStop={row.key === stopKey}
                    ask={ask}
                  />
                );
            }
          })}
        </ol>
      </div>
      {asked !== undefined && (
        <Receipts channel={channel.id} seq={asked} close={() => setAsked(undefined)} />
      )}
      {unseen > 0 && (
        <div class="new-pill">
          <button type="button" class="button" onClick={goToEnd}>
            <Icon name="arrow-down" small />
            {i18n.t("{count, plural, one {# new message} other {# new messages}}", {
              count: unseen,
            })}
          </button>
        </div>
      )}
    </div>
  );
}
