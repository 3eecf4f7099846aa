import { useRef, useState } from "preact/hooks";
import { groupRules } from "#wire/group-rules.ts";
import { type MemberRole, memberRoles } from "#wire/row.ts";
import { i18n } from "../locale/i18n.ts";
import type { MemberLine } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import type { GroupWish } from "./group-dialog.tsx";
import { Icon } from "./icon.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { PresenceWords } from "./presence.tsx";

export function memberRoleWords(role: MemberRole): string {
  switch (role) {
    case "admin":
      return i18n.t("admin");
    case "moderator":
      return i18n.t("moderator");
    case "member":
      return i18n.t("member");
  }
}

interface Props {
  readonly member: MemberLine;
  readonly isMe: boolean;
  /** One's own role: what one may do to this member. */
  readonly own: MemberRole;
  readonly wish: (wish: GroupWish) => void;
}

/** One member: who, whether here, in which role, and behind the dots what one may do. */
export function MemberRow({ member, isMe, own, wish }: Props) {
  const model = useModel();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { id, name, role } = member;
  const presence = model.presence(id).value;
  const status = model.status(id).value;
  const mayRemove = !isMe && groupRules.mayRemove(own, role);
  const maySetRole = groupRules.maySetRole(own);
  const choose = (next: GroupWish) => () => {
    setOpen(false);
    button.current?.focus();
    wish(next);
  };
  return (
    <li class="member-row">
      <Avatar id={id} name={name} presence={presence} />
      <span class="person-name">
        <bdi>{name}</bdi>
        {isMe && <span class="member-me"> {i18n.t("(you)")}</span>}
      </span>
      <span class="member-line">
        {role !== "member" && <span>{memberRoleWords(role)} · </span>}
        <PresenceWords presence={presence} />
        {status && <bdi class="person-status">{status.text}</bdi>}
      </span>
      {(mayRemove || maySetRole) && (
        <span class="member-more">
          <button
            ref={button}
            type="button"
            class="button-icon"
            aria-haspopup="menu"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="ellipsis" label={i18n.t("What you may do with {name}", { name })} />
          </button>
          {isOpen && (
            <div class="menu member-menu">
              <Menu label={name} button={button} close={() => setOpen(false)}>
                {maySetRole &&
                  memberRoles.map((each) => (
                    <MenuItem
                      key={each}
                      icon={each === "member" ? "users" : "shield"}
                      label={memberRoleWords(each)}
                      checked={each === role}
                      press={choose({ do: "role", member, role: each })}
                    />
                  ))}
                {maySetRole && mayRemove && <hr class="menu-line" />}
                {mayRemove && (
                  <MenuItem
                    icon="trash-2"
                    label={i18n.t("Remove from the group")}
                    press={choose({ do: "remove", member })}
                  />
                )}
              </Menu>
            </div>
          )}
        </span>
      )}
    </li>
  );
}
