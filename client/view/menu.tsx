import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface ItemProps {
  readonly icon: IconName;
  readonly label: string;
  /** For one choice of several. */
  readonly checked?: boolean;
  readonly press: () => void;
}

export function MenuItem({ icon, label, checked, press }: ItemProps) {
  const isChoice = checked !== undefined;
  return (
    <button
      type="button"
      class="menu-item"
      role={isChoice ? "menuitemradio" : "menuitem"}
      aria-checked={isChoice ? checked : undefined}
      tabIndex={-1}
      onClick={press}
    >
      <Icon name={icon} />
      <span class="menu-label">{label}</span>
      {checked && <Icon name="check" />}
    </button>
  );
}

/** Opening, the arrow keys, Esc and a press elsewhere; focus returns to the button. */
export function useMenu(button: RefObject<HTMLButtonElement | null>) {
  const [isOpen, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const items = () => Array.from(list.current?.querySelectorAll<HTMLElement>(".menu-item") ?? []);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    items()[0]?.focus();
    const elsewhere = (event: Event) => {
      const target = event.target as Node;
      const inside = button.current?.parentElement?.contains(target);
      if (!inside) setOpen(false);
    };
    addEventListener("pointerdown", elsewhere);
    addEventListener("focusin", elsewhere);
    return () => {
      removeEventListener("pointerdown", elsewhere);
      removeEventListener("focusin", elsewhere);
    };
  }, [isOpen]);

  const press = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (next[event.key] === undefined) return;
    else all[next[event.key]!]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return { isOpen, list, close, press, toggle: () => setOpen(!isOpen) };
}
