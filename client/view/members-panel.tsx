import { useEffect, useState } from "preact/hooks";
import { groupRules } from "#wire/group-rules.ts";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine, Conversation, MemberLine } from "../store/model.ts";
import { useModel } from "./context.ts";
import { GroupDialog, type GroupWish } from "./group-dialog.tsx";
import { Icon } from "./icon.tsx";
import { MemberRow } from "./member-row.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { goUp } from "./router.ts";
import { SkeletonRows } from "./skeleton.tsx";

interface Found {
  readonly members: readonly MemberLine[];
  readonly count: number;
  readonly after: string | null;
  readonly fault: string;
}

/** The members by pages, asked for anew when one comes, goes or changes role, and when the page is back. */
function useMembers({ id }: ChannelLine, version: number) {
  const model = useModel();
  const [found, setFound] = useState<Found>();
  const { state } = model.link.value;
  const isOpen = state === "open" || state === "restored";
  useEffect(() => {
    let isCurrent = true;
    void model.members(id, null).then((page) => {
      if (!isCurrent) return;
      if (!("code" in page)) return setFound({ ...page, fault: "" });
      const nothing = { members: [], count: 0, after: null };
      setFound((before) => ({ ...(before ?? nothing), fault: sentenceOfTrouble(page.code) }));
    });
    return () => {
      isCurrent = false;
    };
  }, [model, id, version, isOpen]);
  const more = async () => {
    if (!found) return;
    const page = await model.members(id, found.after);
    if ("code" in page) setFound({ ...found, fault: sentenceOfTrouble(page.code) });
    else setFound({ ...page, members: [...found.members, ...page.members], fault: "" });
  };
  return { found, more };
}

/** Who is in a group, and what one may do about it: beside the conversation, over it, or in its place, as there is room. */
export function MembersPanel({ pane }: { readonly pane: Conversation }) {
  const { channel, members } = pane;
  const model = useModel();
  const { found, more } = useMembers(channel, members.version);
  const [wish, setWish] = useState<GroupWish>();
  const me = model.me.value;
  const close = () => goUp(`/c/${channel.textId}`);
  useEffect(() => {
    const escaped = (event: KeyboardEvent) => {
      // What is open on top has the first claim to Esc.
      if (event.key !== "Escape" || document.querySelector("dialog[open], [role=menu]")) return;
      event.stopImmediatePropagation();
      close();
    };
    addEventListener("keydown", escaped, { capture: true });
    return () => removeEventListener("keydown", escaped, { capture: true });
  }, [channel.textId]);

  const isGroup = channel.kind === "group";
  return (
    <aside class="panel" data-region="panel" aria-label={i18n.t("Members")}>
      <header class="panel-header">
        <button type="button" class="button-icon panel-back" onClick={close}>
          <Icon name="arrow-left" label={i18n.t("Back to the conversation")} />
        </button>
        <h2 class="panel-title">
          {i18n.t("Members")} {found && <span class="panel-count">{i18n.number(found.count)}</span>}
        </h2>
        <button type="button" class="button-icon panel-close" onClick={close}>
          <Icon name="x" label={i18n.t("Close")} />
        </button>
      </header>
      <div class="panel-body">
        {isGroup && groupRules.mayAdd(channel.role) && (
          <button type="button" class="button button-wide" onClick={() => setWish({ do: "add" })}>
            <Icon name="user-plus" />
            {i18n.t("Add people")}
          </button>
        )}
        {!found && <SkeletonRows count={4} />}
        {found?.fault && <p class="fault">{found.fault}</p>}
        <ul class="members">
          {found?.members.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              isMe={member.id === me?.id}
              own={isGroup ? channel.role : "member"}
              wish={setWish}
            />
          ))}
        </ul>
        {isGroup && found?.count === 1 && (
          <p class="panel-alone">
            {i18n.t("Only you are here. Whom you add reads what was said.")}
          </p>
        )}
        {found?.after && (
          <button type="button" class="button" onClick={() => void more()}>
            {i18n.t("Show more people")}
          </button>
        )}
        {isGroup && (
          <div class="panel-end">
            {groupRules.mayRename(channel.role) && (
              <button type="button" class="button-plain" onClick={() => setWish({ do: "rename" })}>
                <Icon name="square-pen" small />
                {i18n.t("Rename the group")}
              </button>
            )}
            <button type="button" class="button-plain" onClick={() => setWish({ do: "leave" })}>
              <Icon name="log-out" small />
              {i18n.t("Leave the group")}
            </button>
            {groupRules.mayDelete(channel.role) && (
              <button
                type="button"
                class="button-plain button-plain-danger"
                onClick={() => setWish({ do: "delete" })}
              >
                <Icon name="trash-2" small />
                {i18n.t("Delete the group")}
              </button>
            )}
          </div>
        )}
      </div>
      {wish && (
        <GroupDialog
          wish={wish}
          channel={channel}
          members={found?.members ?? []}
          close={() => setWish(undefined)}
        />
      )}
    </aside>
  );
}
