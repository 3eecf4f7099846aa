import { useEffect, useState } from "preact/hooks";
import type { ChannelId, Seq } from "#wire/ids.ts";
import { i18n } from "../locale/i18n.ts";
import type { Receipt, Trouble } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { fullTime, messageTime } from "./time.ts";

function headingOf(state: Receipt["state"]): string {
  switch (state) {
    case "read":
      return i18n.t("Read");
    case "delivered":
      return i18n.t("Delivered, not read yet");
    case "stored":
      return i18n.t("Not delivered yet");
  }
}

function Time({ atMs }: Pick<Receipt, "atMs">) {
  if (atMs === null) return null;
  return (
    <time class="receipt-time" dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
      {messageTime(atMs)}
    </time>
  );
}

interface SectionProps {
  readonly state: Receipt["state"];
  readonly receipts: readonly Receipt[];
}

function Section({ state, receipts }: SectionProps) {
  const these = receipts.filter((receipt) => receipt.state === state);
  if (these.length === 0) return null;
  const id = `receipts-${state}`;
  return (
    <section aria-labelledby={id}>
      <h3 class="receipts-state" id={id}>
        {headingOf(state)} <span class="receipts-count">{i18n.number(these.length)}</span>
      </h3>
      <ul>
        {these.map((receipt) => (
          <li class="receipt" key={receipt.id}>
            <Avatar id={receipt.id} name={receipt.name} small />
            <bdi class="receipt-name">{receipt.name}</bdi>
            <Time atMs={receipt.atMs} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Props {
  readonly channel: ChannelId;
  readonly seq: Seq;
  readonly close: () => void;
}

/** Who has one message of one's own, and since when. As it was when it was asked: a list that moves while one reads it is of no use. */
export function Receipts({ channel, seq, close }: Props) {
  const model = useModel();
  const [found, setFound] = useState<readonly Receipt[] | Trouble>();
  useEffect(() => {
    let isClosed = false;
    void model.receipts(channel, seq).then((answered) => {
      if (!isClosed) setFound(answered);
    });
    return () => {
      isClosed = true;
    };
  }, []);
  return (
    <Dialog label={i18n.t("Who has this message")} close={close}>
      <h2 class="dialog-title">{i18n.t("Who has this message")}</h2>
      <div class="receipts" tabIndex={0} aria-busy={found === undefined}>
        {found !== undefined && "code" in found && (
          <p class="fault" role="alert">
            {sentenceOfTrouble(found.code)}
          </p>
        )}
        {found !== undefined && !("code" in found) && (
          <>
            {found.length === 0 && <p>{i18n.t("Nobody else was here when it was sent.")}</p>}
            <Section state="read" receipts={found} />
            <Section state="delivered" receipts={found} />
            <Section state="stored" receipts={found} />
          </>
        )}
      </div>
      <div class="dialog-end">
        <button type="button" class="button" autofocus onClick={close}>
          {i18n.t("Close")}
        </button>
      </div>
    </Dialog>
  );
}
