import type { ComponentChildren, RefObject, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface ItemProps {
  readonly icon: IconName | VNode;
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
      {typeof icon === "string" ? <Icon name={icon} /> : icon}
      <span class="menu-label">{label}</span>
      {checked && <Icon name="check" />}
    </button>
  );
}

interface Props {
  readonly label: string;
  /** What opened it: focus returns there. */
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** The arrow keys, Esc, and a press or a focus elsewhere that closes it. */
export function Menu({ label, button, close, children }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => Array.from(list.current?.querySelectorAll<HTMLElement>(".menu-item") ?? []);

  useEffect(() => {
    items()[0]?.focus();
    const elsewhere = (event: Event) => {
      const inside = button.current?.parentElement?.contains(event.target as Node);
      if (!inside) close();
    };
    addEventListener("pointerdown", elsewhere);
    addEventListener("focusin", elsewhere);
    return () => {
      removeEventListener("pointerdown", elsewhere);
      removeEventListener("focusin", elsewhere);
    };
  }, []);

  const press = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === "Escape" || event.key === "Tab") {
      close();
      button.current?.focus();
    } else if (next[event.key] === undefined) return;
    else all[next[event.key]!]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div role="menu" aria-label={label} ref={list} onKeyDown={press}>
      {children}
    </div>
  );
}
