import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Me } from "../store/model.ts";
import { useAccounts, useModel } from "./context.ts";
import type { IconName } from "./icon.tsx";
import { overlay } from "./keys.ts";
import { mayInvite } from "./may-invite.ts";
import { Menu, MenuItem } from "./menu.tsx";
import { go } from "./router.ts";
import { chooseTheme, theme, type Theme } from "./theme.ts";

interface Props {
  readonly me: Me;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly close: () => void;
}

function themes(): [Theme, IconName, string][] {
  return [
    ["system", "monitor", i18n.t("As the system")],
    ["light", "sun", i18n.t("Light")],
    ["dark", "moon", i18n.t("Dark")],
  ];
}

function useVersion(): string {
  const accounts = useAccounts();
  const [version, setVersion] = useState("");
  useEffect(() => {
    void accounts.instance().then((instance) => {
      if ("version" in instance) setVersion(instance.version);
    });
  }, [accounts]);
  return version;
}

export function OwnMenuItems({ me, button, close }: Props) {
  const model = useModel();
  const version = useVersion();
  const leaving = (act: () => unknown) => () => {
    close();
    act();
  };
  return (
    <div class="menu own-menu">
      {me.email && <p class="menu-about">{me.email}</p>}
      <Menu label={i18n.t("Menu of {name}", { name: me.name })} button={button} close={close}>
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
        <MenuItem
          icon="users"
          label={i18n.t("New group")}
          press={leaving(() => (overlay.value = "new-group"))}
        />
        {mayInvite(me) && (
          <MenuItem
            icon="user-plus"
            label={i18n.t("Invite people")}
            press={leaving(() => go("/invitations"))}
          />
        )}
        {me.role === "owner" && (
          <MenuItem
            icon="presentation"
            label={i18n.t("Example")}
            press={leaving(() => go("/example"))}
          />
        )}
        <MenuItem icon="monitor" label={i18n.t("Devices")} press={leaving(() => go("/devices"))} />
        <MenuItem
          icon="keyboard"
          label={i18n.t("Keys")}
          press={leaving(() => (overlay.value = "help"))}
        />
        <MenuItem
          icon="log-out"
          label={i18n.t("Sign out")}
          press={leaving(() => {
            void model.signOut();
            go("/", { replace: true }); // Whoever signs in next begins at their own beginning.
          })}
        />
      </Menu>
      {model.isStreamed.value && (
        <p class="menu-about menu-about-whole">
          {i18n.t("Connected over HTTP: this network lets no WebSocket through.")}
        </p>
      )}
      {version && <p class="menu-about">{i18n.t("Parley {version}", { version })}</p>}
    </div>
  );
}
