import { useId } from "preact/hooks";
import { useFirstFocus } from "./use-first-focus.ts";

interface Props {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password";
  readonly autocomplete: string;
  readonly hint?: string;
  /** What is wrong with it, in a sentence. */
  readonly fault?: string | undefined;
  readonly focus?: boolean;
}

/** A labelled input. What was typed stays in it whatever the server answers. */
export function Field({ name, label, type = "text", autocomplete, hint, fault, focus }: Props) {
  const id = useId();
  const input = useFirstFocus<HTMLInputElement>(focus ?? false);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        class="input"
        id={id}
        name={name}
        {...({ type } as { type: "text" })}
        autocomplete={autocomplete}
        autocapitalize={type === "text" ? "words" : "none"}
        spellcheck={false}
        dir="auto"
        required
        ref={input}
        aria-invalid={fault ? "true" : undefined}
        aria-describedby={described || undefined}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
