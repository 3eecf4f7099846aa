import type { RefusalCode } from "#wire/codes.ts";
import { i18n } from "../locale/i18n.ts";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";

interface Props {
  readonly messageKey: string;
  readonly code: RefusalCode;
}

/** Beneath one's own message that was not stored: why, and the two ways on. */
export function Refused({ messageKey, code }: Props) {
  const model = useModel();
  return (
    <div class="message-refused">
      <p class="fault">
        <Icon name="circle-alert" small />
        <span>
          <strong>{i18n.t("Not sent.")}</strong> {sentenceOfTrouble(code)}
        </span>
      </p>
      <button type="button" class="button-plain" onClick={() => model.retry(messageKey)}>
        <Icon name="rotate-cw" small />
        {i18n.t("Retry")}
      </button>
      <button type="button" class="button-plain" onClick={() => model.discard(messageKey)}>
        <Icon name="trash-2" small />
        {i18n.t("Delete")}
      </button>
    </div>
  );
}
