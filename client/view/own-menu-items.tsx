import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Me } from "../store/model.ts";
import type { Shown } from "#wire/row.ts";
import { useAccounts, useModel } from "./context.ts";
import type { IconName } from "./icon.tsx";
import { overlay } from "./keys.ts";
import { mayInvite } from "./may-invite.ts";
import { Menu, MenuItem } from "./menu.tsx";
import { PresenceDot } from "./presence.tsx";
import { go } from "./router.ts";
import { chooseTheme, theme, type Theme } from "./theme.ts";
import { useShown } from "./use-shown.ts";

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

function looks(): [Shown["as"], string][] {
  return [
    ["here", i18n.t("Online")],
    ["away", i18n.t("Away")],
    ["offline", i18n.t("Offline")],
  ];
}

/** How others see one. It holds at once, and the menu stays. */
function ShownAs({ shown, fault, change }: ReturnType<typeof useShown>) {
  return (
    <div role="group" aria-label={i18n.t("Shown as")}>
      <p class="menu-about" aria-hidden="true">
        {i18n.t("Shown as")}
      </p>
      {looks().map(([as, label]) => (
        <MenuItem
          key={as}
          icon={
            <span class="menu-dot">
              <PresenceDot is={as} />
            </span>
          }
          label={label}
          checked={shown.as === as}
          press={() => void change("as", as)}
        />
      ))}
      {fault && (
        <p class="fault menu-fault" aria-hidden="true">
          {fault.text}
        </p>
      )}
    </div>
  );
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
  /** Focus returns there when what is opened is closed again. */
  const opening = (what: typeof overlay.value) =>
    leaving(() => {
      button.current?.focus();
      overlay.value = what;
    });
  const { status } = model.profile.value;
  const seen = useShown();
  return (
    <div class="menu own-menu">
      {me.email && <p class="menu-about">{me.email}</p>}
      {status && (
        <p class="menu-about menu-status" title={status.text}>
          <bdi>{status.text}</bdi>
        </p>
      )}
      <Menu label={i18n.t("Menu of {name}", { name: me.name })} button={button} close={close}>
        <MenuItem icon="square-pen" label={i18n.t("Set a status…")} press={opening("status")} />
        <ShownAs {...seen} />
        <hr class="menu-line" />
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
        <MenuItem icon="users" label={i18n.t("New group")} press={opening("new-group")} />
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
        <MenuItem icon="shield" label={i18n.t("Privacy")} press={leaving(() => go("/privacy"))} />
        <MenuItem icon="keyboard" label={i18n.t("Keys")} press={opening("help")} />
        <MenuItem
          icon="log-out"
          label={i18n.t("Sign out")}
          press={leaving(() => {
            void model.signOut();
            go("/", { replace: true }); // Whoever signs in next begins at their own beginning.
          })}
        />
      </Menu>
      {/* In a menu there is no room for what is only said. */}
      <p class="visually-hidden" role="alert">
        {seen.fault?.text}
      </p>
      {model.isStreamed.value && (
        <p class="menu-about menu-about-whole">
          {i18n.t("Connected over HTTP: this network lets no WebSocket through.")}
        </p>
      )}
      {version && <p class="menu-about">{i18n.t("Parley {version}", { version })}</p>}
    </div>
  );
}
