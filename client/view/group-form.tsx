import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Trouble } from "../store/model.ts";
import { Dialog } from "./dialog.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";

interface Props {
  readonly title: string;
  /** What one is about to do, where the title does not say it all. */
  readonly text?: string;
  /** The verb of the button. */
  readonly act: string;
  readonly isDangerous?: boolean;
  readonly submit: () => Promise<Trouble | undefined>;
  readonly close: () => void;
  readonly children?: ComponentChildren;
}

/** A dialog that changes a group: it closes when that is done, and says at its button what stood against it. */
export function GroupForm(props: Props) {
  const { title, text, act, isDangerous, submit, close, children } = props;
  const id = useId();
  const [fault, setFault] = useState("");
  const [isUnderWay, setUnderWay] = useState(false);
  const press = async () => {
    if (isUnderWay) return;
    setUnderWay(true);
    const trouble = await submit();
    setUnderWay(false);
    if (trouble) setFault(sentenceOfTrouble(trouble.code));
    else close();
  };
  return (
    <Dialog label={title} close={close}>
      <form
        class="group-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void press();
        }}
      >
        <h2 class="dialog-title">{title}</h2>
        <div class="group-fields">
          {text && <p>{text}</p>}
          {children}
          <p class="fault" id={id} role="alert">
            {fault}
          </p>
        </div>
        <div class="dialog-end">
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

interface NameProps {
  readonly name: string;
  readonly change: (name: string) => void;
}

export function GroupName({ name, change }: NameProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {i18n.t("Name of the group")}
      </label>
      <input
        class="input"
        id={id}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        autofocus
        value={name}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </div>
  );
}
