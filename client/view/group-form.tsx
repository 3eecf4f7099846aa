import { useId } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Trouble } from "../store/model.ts";
import { AskForm, type AskProps } from "./ask-form.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";

interface Props extends AskProps {
  readonly submit: () => Promise<Trouble | undefined>;
}

/** A dialog that changes a group. */
export function GroupForm({ submit, ...rest }: Props) {
  const change = async () => {
    const trouble = await submit();
    return trouble ? sentenceOfTrouble(trouble.code) : "";
  };
  return <AskForm {...rest} submit={change} />;
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
