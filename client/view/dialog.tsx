import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps focus inside and gives it back, and Esc closes it. */
export function Dialog({ label, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={label}
      onClose={close}
      onClick={(event) => {
        // Outside of the box the dialog itself is what was pressed.
        if (event.target === event.currentTarget) close();
      }}
    >
      <div class="dialog-inside">{children}</div>
    </dialog>
  );
}
