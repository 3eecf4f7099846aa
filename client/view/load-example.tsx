import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { DemoPerson } from "../store/model.ts";
import { useAccounts } from "./context.ts";
import { Icon } from "./icon.tsx";
import { sentenceOf } from "./problem-words.ts";

interface Props {
  readonly isPrimary?: boolean;
  readonly loaded: (people: readonly DemoPerson[]) => void;
}

/** One click, and there is something to look at. */
export function LoadExample({ isPrimary, loaded }: Props) {
  const accounts = useAccounts();
  const [fault, setFault] = useState("");
  const [isUnderWay, setUnderWay] = useState(false);
  const load = async () => {
    if (isUnderWay) return;
    setUnderWay(true);
    const answer = await accounts.loadDemo();
    setUnderWay(false);
    if ("problem" in answer) setFault(sentenceOf(answer));
    else loaded(answer);
  };
  return (
    <>
      <button
        type="button"
        class={isPrimary ? "button button-primary" : "button"}
        aria-busy={isUnderWay}
        onClick={() => void load()}
      >
        <Icon name="presentation" />
        {i18n.t("Load an example")}
      </button>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}
