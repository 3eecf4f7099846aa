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
  const isGone = useRef(false);
  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      // Its event comes later, when another dialog may be open already, and is not that one's.
      isGone.current = true;
      current?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={label}
      onCancel={(event) => {
        // At once, for the browser's event comes after keys that were pressed meanwhile and that may have opened it again.
        event.preventDefault();
        close();
      }}
      onClose={() => {
        if (!isGone.current) close();
      }}
      onClick={(event) => {
        // Outside of the box the dialog itself is what was pressed.
        if (event.target === event.currentTarget) close();
      }}
    >
      <div class="dialog-inside">{children}</div>
    </dialog>
  );
}
