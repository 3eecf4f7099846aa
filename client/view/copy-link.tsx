import { useId, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { Icon } from "./icon.tsx";

/** Without https a browser has no clipboard for pages; the old way may still work, and selecting always does. */
async function copy(input: HTMLInputElement): Promise<boolean> {
  input.select();
  if (!navigator.clipboard) return document.execCommand("copy");
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy"); // The person or the browser said no.
  }
}

interface Props {
  readonly link: string;
  readonly label: string;
  readonly hint: string;
}

/** A new link, which is shown once: to be copied. */
export function CopyLink({ link, label, hint }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState<boolean>();
  const press = async () => {
    if (input.current) setCopied(await copy(input.current));
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="copy-link">
        <input
          ref={input}
          class="input"
          id={id}
          readOnly
          value={link}
          aria-describedby={`${id}-hint`}
        />
        <button type="button" class="button" onClick={() => void press()}>
          <Icon name={isCopied ? "check" : "copy"} />
          {isCopied ? i18n.t("Copied") : i18n.t("Copy")}
        </button>
      </div>
      <p class="field-hint" id={`${id}-hint`} role="status">
        {isCopied === false
          ? i18n.t("This browser does not let the page copy. The link is selected: press Ctrl+C.")
          : hint}
      </p>
    </div>
  );
}
