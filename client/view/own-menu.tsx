import { useEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Me } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useAccounts, useModel } from "./context.ts";
import { Icon, type IconName } from "./icon.tsx";
import { MenuItem, useMenu } from "./menu.tsx";
import { go } from "./router.ts";
import { chooseTheme, theme, type Theme } from "./theme.ts";

export function mayInvite(me: Me | undefined): boolean {
  return me?.role === "owner" || me?.role === "admin";
}

function themes(): [Theme, IconName, string][] {
  return [
    ["system", "monitor", i18n.t("As the system")],
    ["light", "sun", i18n.t("Light")],
    ["dark", "moon", i18n.t("Dark")],
  ];
}

/** One's own name, and behind it what concerns only oneself. */
export function OwnMenu({ openHelp }: { readonly openHelp: () => void }) {
  const model = useModel();
  const accounts = useAccounts();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useMenu(button);
  const [version, setVersion] = useState("");
  const me = model.me.value;
  useEffect(() => {
    if (!menu.isOpen || version) return;
    void accounts.instance().then((instance) => {
      if ("version" in instance) setVersion(instance.version);
    });
  }, [menu.isOpen, version, accounts]);
  if (!me) return <span class="own wordmark">Parley</span>;

  return (
    <div class="own">
      <button
        ref={button}
        type="button"
        class="own-button"
        aria-haspopup="menu"
        aria-expanded={menu.isOpen}
        onClick={menu.toggle}
      >
        <Avatar id={me.id} name={me.name} small />
        <span class="own-name">{me.name}</span>
        <Icon name="chevron-down" small />
      </button>
      {menu.isOpen && (
        <div class="menu own-menu">
          <p class="menu-about">{me.email}</p>
          <div role="menu" aria-label={me.name} ref={menu.list} onKeyDown={menu.press}>
            {themes().map(([name, icon, label]) => (
              <MenuItem
                key={name}
                icon={icon}
                label={label}
                checked={theme.value === name}
                press={() => chooseTheme(name)}
              />
            ))}
            <hr class="menu-line" />
            {mayInvite(me) && (
              <MenuItem
                icon="user-plus"
                label={i18n.t("Invite people")}
                press={() => {
                  menu.close();
                  go("/invitations");
                }}
              />
            )}
            <MenuItem
              icon="keyboard"
              label={i18n.t("Keys")}
              press={() => {
                menu.close();
                openHelp();
              }}
            />
            <MenuItem
              icon="log-out"
              label={i18n.t("Sign out")}
              press={() => {
                menu.close();
                void model.signOut();
              }}
            />
          </div>
          {version && <p class="menu-about">{i18n.t("Parley {version}", { version })}</p>}
        </div>
      )}
    </div>
  );
}
