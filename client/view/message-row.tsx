import { i18n } from "../locale/i18n.ts";
import type { ShownMessage } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { MessageBody } from "./message-body.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { Ticks } from "./ticks.tsx";
import { fullTime, gutterTime, messageTime } from "./time.ts";

interface Props {
  readonly message: ShownMessage;
  readonly isFirst: boolean;
  /** Messages are one tab stop: only one of them can be reached by Tab. */
  readonly isStop: boolean;
}

function Refused({ message }: { readonly message: ShownMessage }) {
  const model = useModel();
  if (message.delivery.state !== "refused") return null;
  return (
    <div class="message-refused">
      <p class="fault">
        <strong>{i18n.t("Not sent.")}</strong> {sentenceOfTrouble(message.delivery.code)}
      </p>
      <button type="button" class="button-plain" onClick={() => model.retry(message.key)}>
        <Icon name="rotate-cw" small />
        {i18n.t("Retry")}
      </button>
      <button type="button" class="button-plain" onClick={() => model.discard(message.key)}>
        <Icon name="trash-2" small />
        {i18n.t("Delete")}
      </button>
    </div>
  );
}

/** One message. Its key stays the same from the first painting to the stored one, so the row does too. */
export function MessageRow({ message, isFirst, isStop }: Props) {
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
        <Refused message={message} />
      </div>
      {mine && !message.deleted && <Ticks delivery={message.delivery} />}
    </li>
  );
}
