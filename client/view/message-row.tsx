import { i18n } from "../locale/i18n.ts";
import type { ShownMessage } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { lazy } from "./lazy.tsx";
import { MessageBody } from "./message-body.tsx";
import { Ticks } from "./ticks.tsx";
import { fullTime, gutterTime, messageTime } from "./time.ts";

interface Props {
  readonly message: ShownMessage;
  readonly isFirst: boolean;
  /** Messages are one tab stop: only one of them can be reached by Tab. */
  readonly isStop: boolean;
  /** Shows who has it; only in groups. */
  readonly ask: ((message: ShownMessage) => void) | undefined;
}

const Refused = lazy(async () => (await import("./refused.tsx")).Refused);

/** One message. Its key stays the same from the first painting to the stored one, so the row does too. */
export function MessageRow({ message, isFirst, isStop, ask }: Props) {
  const { author, mine, atMs } = message;
  const time = (words: string, look: string) => (
    <time class={look} dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
      {words}
    </time>
  );
  return (
    <li
      class={isFirst ? "message message-first" : "message"}
      data-key={message.key}
      data-seq={message.seq}
      data-first-stop={isStop ? "" : undefined}
      tabIndex={isStop ? 0 : -1}
    >
      {isFirst ? (
        <Avatar id={author.id} name={author.name} />
      ) : (
        time(gutterTime(atMs), "message-gutter")
      )}
      <div class="message-words">
        {isFirst ? (
          <p class="message-head">
            <span class={mine ? "message-author message-own" : "message-author"} dir="auto">
              {author.name}
            </span>
            {time(messageTime(atMs), "message-time")}
          </p>
        ) : (
          <span class="visually-hidden">{author.name}</span>
        )}
        {message.deleted ? (
          <p class="message-deleted">{i18n.t("This message was deleted.")}</p>
        ) : (
          <MessageBody body={message.body} />
        )}
        {message.edited && !message.deleted && (
          <span class="message-edited">{i18n.t("edited")}</span>
        )}
        {message.delivery.state === "refused" && (
          <Refused messageKey={message.key} code={message.delivery.code} />
        )}
      </div>
      {mine && !message.deleted && (
        <Ticks delivery={message.delivery} ask={ask && (() => ask(message))} />
      )}
    </li>
  );
}
