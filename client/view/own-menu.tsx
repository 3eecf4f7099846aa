import { useRef, useState } from "preact/hooks";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";

const Items = lazy(async () => (await import("./own-menu-items.tsx")).OwnMenuItems);

/** One's own name, and behind it what concerns only oneself. */
export function OwnMenu() {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const me = useModel().me.value;
  if (!me) return <span class="own wordmark">Parley</span>;

  return (
    <div class="own">
      <button
        ref={button}
        type="button"
        class="own-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Avatar id={me.id} name={me.name} small />
        <span class="own-name">{me.name}</span>
        <Icon name="chevron-down" small />
      </button>
      {isOpen && <Items me={me} button={button} close={() => setOpen(false)} />}
    </div>
  );
}
