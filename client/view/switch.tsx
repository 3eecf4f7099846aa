import { useId } from "preact/hooks";

interface Props {
  readonly label: string;
  /** One line: what it means. */
  readonly hint: string;
  readonly isOn: boolean;
  /** Why it could not be changed. */
  readonly fault: string;
  readonly change: (isOn: boolean) => void;
}

/** A setting that is on or off, and holds as soon as it is pressed anywhere in its row. */
export function Switch({ label, hint, isOn, fault, change }: Props) {
  const id = useId();
  return (
    <div class="switch-row">
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-hint ${id}-fault`}
        onClick={() => change(!isOn)}
      >
        <span class="switch-words">
          <span class="switch-label" id={`${id}-label`}>
            {label}
          </span>
          <span class="field-hint" id={`${id}-hint`}>
            {hint}
          </span>
        </span>
        <span class="switch-track" />
      </button>
      <p class="fault" id={`${id}-fault`} role="alert">
        {fault}
      </p>
    </div>
  );
}
