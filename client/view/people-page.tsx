import { useEffect, useId, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { PersonLine } from "../store/model.ts";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { overlay } from "./keys.ts";
import { Link } from "./link.tsx";
import { Notice } from "./notice.tsx";
import { mayInvite } from "./may-invite.ts";
import { PaneHeader } from "./pane-header.tsx";
import { PersonRow } from "./person-row.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { SkeletonRows } from "./skeleton.tsx";
import { useFirstFocus } from "./use-first-focus.ts";

interface Found {
  readonly people: readonly PersonLine[];
  readonly after: string | null;
  readonly fault: string;
}

/** Pages of people whose names begin like this. The newest question wins, whichever is answered first. */
function usePeople(query: string) {
  const model = useModel();
  const [found, setFound] = useState<Found>();
  const { state } = model.link.value;
  // Asked again whenever the page is back.
  const isOpen = state === "open" || state === "restored";
  useEffect(() => {
    let current = true;
    void model.people(query, null).then((page) => {
      if (!current) return;
      setFound(
        "code" in page
          ? { people: [], after: null, fault: sentenceOfTrouble(page.code) }
          : { ...page, fault: "" },
      );
    });
    return () => {
      current = false;
    };
  }, [model, query, isOpen]);
  const more = async () => {
    if (!found) return;
    const page = await model.people(query, found.after);
    if ("code" in page) setFound({ ...found, fault: sentenceOfTrouble(page.code) });
    else setFound({ people: [...found.people, ...page.people], after: page.after, fault: "" });
  };
  return { found, more };
}

/** Either one is alone here, or nobody is called like this. */
function NobodyFound({ query }: { readonly query: string }) {
  const me = useModel().me.value;
  const invite = { label: i18n.t("Invite people"), to: "/invitations" };
  if (query !== "") {
    return (
      <Notice
        title={i18n.t("Nobody by the name of “{query}”.", { query })}
        text={i18n.t("The beginning of any word of a name is enough.")}
      />
    );
  }
  return mayInvite(me) ? (
    <Notice
      title={i18n.t("No one here yet.")}
      text={i18n.t("Whoever accepts an invitation of yours stands here.")}
      link={invite}
    />
  ) : (
    <Notice
      title={i18n.t("No one here yet.")}
      text={i18n.t("Administrators can invite people. Who comes stands here.")}
    />
  );
}

export function PeoplePage() {
  const model = useModel();
  const id = useId();
  const input = useFirstFocus<HTMLInputElement>();
  const [query, setQuery] = useState("");
  const { found, more } = usePeople(query.trim());
  const me = model.me.value;
  const others = found?.people.filter((person) => person.id !== me?.id);
  return (
    <>
      <PaneHeader
        title={i18n.t("People")}
        end={
          <>
            <button type="button" class="button" onClick={() => (overlay.value = "new-group")}>
              <Icon name="users" />
              {i18n.t("New group")}
            </button>
            {mayInvite(me) && (
              <Link to="/invitations" class="button">
                <Icon name="user-plus" />
                {i18n.t("Invite people")}
              </Link>
            )}
          </>
        }
      />
      <div class="page">
        <div class="field people-find">
          <label class="field-label" for={id}>
            {i18n.t("Find a person")}
          </label>
          <input
            class="input"
            id={id}
            type="search"
            autocomplete="off"
            spellcheck={false}
            dir="auto"
            ref={input}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
        {!others && <SkeletonRows count={6} />}
        {others?.length === 0 && !found?.fault && <NobodyFound query={query.trim()} />}
        <ul class="people">
          {others?.map((person) => (
            <PersonRow person={person} key={person.id} />
          ))}
        </ul>
        {found?.fault && <p class="fault people-fault">{found.fault}</p>}
        {found?.after && (
          <button type="button" class="button" onClick={() => void more()}>
            {i18n.t("Show more people")}
          </button>
        )}
      </div>
    </>
  );
}
