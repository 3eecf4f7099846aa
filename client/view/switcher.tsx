import { useEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine, PersonLine, Presence } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { presenceWords } from "./presence-words.ts";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { go } from "./router.ts";

interface Choice {
  readonly id: number;
  readonly name: string;
  readonly what: string;
  readonly presence: Presence | null;
  readonly group: boolean;
  readonly open: () => void;
}

const shownMax = 12;

function matches(name: string, query: string): boolean {
  const words = name.toLocaleLowerCase().split(/\s+/u);
  const wanted = query.toLocaleLowerCase().trim().split(/\s+/u);
  return wanted.every((part) => words.some((word) => word.startsWith(part)));
}

/** Ctrl-K: a few letters, Enter, and one is there. */
export function Switcher({ close }: { readonly close: () => void }) {
  const model = useModel();
  const [query, setQuery] = useState("");
  const [people, setPeople] = useState<readonly PersonLine[]>([]);
  const [chosen, setChosen] = useState(0);
  const [fault, setFault] = useState("");
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    let current = true;
    if (query.trim() === "") setPeople([]);
    else {
      void model.people(query.trim(), null).then((found) => {
        if (current && "people" in found) setPeople(found.people);
      });
    }
    return () => {
      current = false;
    };
  }, [model, query]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const leaveTo = (path: string) => {
    close();
    go(path);
  };
  const channelChoice = (line: ChannelLine): Choice => ({
    id: line.peer?.id ?? line.id,
    name: line.name,
    what: line.unread > 0 ? i18n.t("unread") : "",
    presence: line.peer,
    group: line.kind !== "direct",
    open: () => leaveTo(`/c/${line.textId}`),
  });
  const personChoice = (person: PersonLine): Choice => ({
    id: person.id,
    name: person.name,
    what: i18n.t("new direct message"),
    presence: person,
    group: false,
    open: () =>
      void model.startDirect(person.id).then((found) => {
        if (typeof found === "string") leaveTo(`/c/${found}`);
        else setFault(sentenceOfTrouble(found.code));
      }),
  });
  const channels = (model.channels.value ?? []).filter(({ name }) => matches(name, query));
  const me = model.me.value?.id;
  const known = new Set(channels.map(({ peer }) => peer?.id));
  const choices = [
    ...channels.map(channelChoice),
    ...people.filter(({ id }) => !known.has(id) && id !== me).map(personChoice),
  ].slice(0, shownMax);
  const at = Math.min(chosen, choices.length - 1);

  const press = (event: KeyboardEvent) => {
    if (event.isComposing || choices.length === 0) return;
    if (event.key === "ArrowDown") setChosen((at + 1) % choices.length);
    else if (event.key === "ArrowUp") setChosen((at - 1 + choices.length) % choices.length);
    else if (event.key === "Enter") choices[at]?.open();
    else return;
    event.preventDefault();
  };
  const label = i18n.t("Find a channel or a person");

  return (
    <Dialog label={label} close={close}>
      <input
        class="switcher-input"
        role="combobox"
        aria-label={label}
        aria-expanded={choices.length > 0}
        aria-controls="switcher-list"
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `switcher-${at}` : undefined}
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        autofocus
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <ul class="switcher-list" id="switcher-list" role="listbox" aria-label={label} ref={list}>
        {choices.map((choice, place) => (
          <li
            key={`${choice.id} ${choice.what}`}
            id={`switcher-${place}`}
            role="option"
            class="switcher-row"
            aria-selected={place === at}
            onPointerMove={() => setChosen(place)}
            onClick={choice.open}
          >
            <Avatar
              id={choice.id}
              name={choice.name}
              presence={choice.presence}
              group={choice.group}
              small
            />
            <span class="switcher-name">{choice.name}</span>
            {choice.presence && (
              <span class="visually-hidden">{presenceWords(choice.presence)}</span>
            )}
            <span class="switcher-what">{choice.what}</span>
          </li>
        ))}
      </ul>
      {choices.length === 0 && (
        <p class="switcher-none">
          {i18n.t("Nobody and nothing by that name. The beginning of any word of it is enough.")}
        </p>
      )}
      {fault && <p class="fault switcher-none">{fault}</p>}
    </Dialog>
  );
}
