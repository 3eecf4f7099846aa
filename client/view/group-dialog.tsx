import { useState } from "preact/hooks";
import type { MemberRole } from "#wire/row.ts";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine, MemberLine } from "../store/model.ts";
import { useModel } from "./context.ts";
import { GroupForm, GroupName } from "./group-form.tsx";
import { memberRoleWords } from "./member-row.tsx";
import { type Chosen, PeoplePicker } from "./people-picker.tsx";
import { go } from "./router.ts";

/** What somebody is about to do to a group. */
export type GroupWish =
  | { readonly do: "add" | "rename" | "leave" | "delete" }
  | { readonly do: "remove"; readonly member: MemberLine }
  | { readonly do: "role"; readonly member: MemberLine; readonly role: MemberRole };

interface Props {
  readonly wish: GroupWish;
  readonly channel: ChannelLine;
  readonly members: readonly MemberLine[];
  readonly close: () => void;
}

interface OwnProps {
  readonly channel: ChannelLine;
  readonly close: () => void;
}

function Add({ channel, close, members }: Omit<Props, "wish">) {
  const model = useModel();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const without = new Set(members.map(({ id }) => id));
  const users = chosen.map(({ id }) => id);
  const submit = async () => (users.length === 0 ? undefined : model.addMembers(channel.id, users));
  return (
    <GroupForm
      title={i18n.t("Add people to {name}", { name: channel.name })}
      text={i18n.t("They can read everything that was said here.")}
      act={i18n.t("Add")}
      {...{ submit, close }}
    >
      <PeoplePicker
        label={i18n.t("Whom")}
        chosen={chosen}
        choose={setChosen}
        without={without}
        focus
      />
    </GroupForm>
  );
}

function Rename({ channel, close }: OwnProps) {
  const model = useModel();
  const [name, setName] = useState(channel.name);
  const submit = () => model.renameGroup(channel.id, name);
  return (
    <GroupForm title={i18n.t("Rename the group")} act={i18n.t("Rename")} {...{ submit, close }}>
      <GroupName name={name} change={setName} />
    </GroupForm>
  );
}

/** The form of one wish; each says what will happen before it does. */
export function GroupDialog({ wish, channel, members, close }: Props) {
  const model = useModel();
  const group = channel.name;
  switch (wish.do) {
    case "add":
      return <Add {...{ channel, close, members }} />;
    case "rename":
      return <Rename {...{ channel, close }} />;
    case "leave":
      return (
        <GroupForm
          title={i18n.t("Leave {name}?", { name: group })}
          text={i18n.t("You will not see it any more. Somebody who is in it can add you again.")}
          act={i18n.t("Leave")}
          isDangerous
          submit={async () => {
            const { me } = model;
            const trouble = me.value && (await model.removeMember(channel.id, me.value.id));
            if (!trouble) go("/", { replace: true });
            return trouble;
          }}
          close={close}
        />
      );
    case "delete":
      return (
        <GroupForm
          title={i18n.t("Delete {name}?", { name: group })}
          text={i18n.t(
            "It ends for everybody, with all that was said in it. There is no way back.",
          )}
          act={i18n.t("Delete for everybody")}
          isDangerous
          submit={async () => {
            const trouble = await model.deleteGroup(channel.id);
            if (!trouble) go("/", { replace: true });
            return trouble;
          }}
          close={close}
        />
      );
    case "remove":
      return (
        <GroupForm
          title={i18n.t("Remove {name}?", { name: wish.member.name })}
          text={i18n.t("They will not see {group} any more, and learn of it at once.", { group })}
          act={i18n.t("Remove")}
          isDangerous
          submit={() => model.removeMember(channel.id, wish.member.id)}
          close={close}
        />
      );
    case "role":
      return (
        <GroupForm
          title={i18n.t("Make {name} {role}?", {
            name: wish.member.name,
            role: memberRoleWords(wish.role),
          })}
          text={i18n.t(
            "An admin does everything, a moderator renames the group and removes members, a member talks and adds people.",
          )}
          act={i18n.t("Change the role")}
          submit={() => model.setRole(channel.id, wish.member.id, wish.role)}
          close={close}
        />
      );
  }
}
