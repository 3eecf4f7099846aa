import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { Dialog } from "./dialog.tsx";

export interface AskProps {
  readonly title: string;
  /** What one is about to do, where the title does not say it all. */
  readonly text?: string;
  /** The verb of the button. */
  readonly act: string;
  readonly isDangerous?: boolean;
  /** Something else that one may do instead. */
  readonly other?: { readonly act: string; readonly submit: () => Promise<string> };
  readonly close: () => void;
  readonly children?: ComponentChildren;
}

interface Props extends AskProps {
  /** Resolves to what stood against it, in words; empty where it is done. */
  readonly submit: () => Promise<string>;
}

/** A dialog before something is changed: it closes when that is done, and says at its button what stood against it. */
export function AskForm(props: Props) {
  const { title, text, act, isDangerous, other, submit, close, children } = props;
  const id = useId();
  const [fault, setFault] = useState("");
  const [isUnderWay, setUnderWay] = useState(false);
  const press = async (submitted: () => Promise<string>) => {
    if (isUnderWay) return;
    setUnderWay(true);
    const found = await submitted();
    setUnderWay(false);
    if (found) setFault(found);
    else close();
  };
  return (
    <Dialog label={title} close={close}>
      <form
        class="ask-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void press(submit);
        }}
      >
        <h2 class="dialog-title">{title}</h2>
        <div class="ask-fields">
          {text && <p>{text}</p>}
          {children}
          <p class="fault" id={id} role="alert">
            {fault}
          </p>
        </div>
        <div class="dialog-end">
          {other && (
            <button
              type="button"
              class="button dialog-other"
              onClick={() => void press(other.submit)}
            >
              {other.act}
            </button>
          )}
          <button type="button" class="button" onClick={close} autofocus={!children}>
            {i18n.t("Cancel")}
          </button>
          <button
            type="submit"
            class={isDangerous ? "button button-danger" : "button button-primary"}
            aria-busy={isUnderWay}
            aria-describedby={id}
          >
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
