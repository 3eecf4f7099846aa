import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { UserId } from "#wire/ids.ts";
import { i18n } from "../locale/i18n.ts";
import type { PersonLine } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { presenceWords } from "./presence-words.ts";
import { sentenceOfTrouble } from "./refusal-words.ts";

export interface Chosen {
  readonly id: UserId;
  readonly name: string;
}

interface Props {
  readonly label: string;
  readonly chosen: readonly Chosen[];
  readonly choose: (chosen: readonly Chosen[]) => void;
  /** Who is in already. */
  readonly without?: ReadonlySet<UserId>;
  readonly focus?: boolean;
}

const offeredMax = 6;

function useFound(query: string): { people: readonly PersonLine[]; fault: string } | undefined {
  const model = useModel();
  const [found, setFound] = useState<{ people: readonly PersonLine[]; fault: string }>();
  useEffect(() => {
    let isCurrent = true;
    void model.people(query, null).then((page) => {
      if (!isCurrent) return;
      setFound(
        "code" in page
          ? { people: [], fault: sentenceOfTrouble(page.code) }
          : { people: page.people, fault: "" },
      );
    });
    return () => {
      isCurrent = false;
    };
  }, [model, query]);
  return found;
}

/** Chooses people by the beginning of their names: type, arrows, Enter; Backspace in an empty field takes the last one back. */
export function PeoplePicker({ label, chosen, choose, without, focus = false }: Props) {
  const model = useModel();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = useFound(query.trim());
  const me = model.me.value?.id;
  const taken = new Set([...chosen.map((one) => one.id), ...(without ?? [])]);
  const offered = (found?.people ?? [])
    .filter((person) => person.id !== me && !taken.has(person.id))
    .slice(0, offeredMax);
  const place = Math.min(at, offered.length - 1);

  const take = (person: PersonLine | undefined) => {
    if (!person) return;
    choose([...chosen, { id: person.id, name: person.name }]);
    setQuery("");
    setAt(0);
    input.current?.focus();
  };
  const drop = (gone: Chosen) => {
    choose(chosen.filter((one) => one.id !== gone.id));
    input.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const last = chosen.at(-1);
    if (event.key === "ArrowDown") setAt((place + 1) % Math.max(1, offered.length));
    else if (event.key === "ArrowUp")
      setAt((place - 1 + offered.length) % Math.max(1, offered.length));
    else if (event.key === "Enter" && query.trim() !== "") take(offered[place]);
    else if (event.key === "Backspace" && query === "" && last) drop(last);
    else return;
    event.preventDefault();
  };

  return (
    <div class="field picker">
      <label class="field-label" for={id}>
        {label}
      </label>
      {chosen.length > 0 && (
        <ul class="picker-chosen" aria-label={i18n.t("Chosen people")}>
          {chosen.map((one) => (
            <li key={one.id}>
              <button type="button" class="picker-one" onClick={() => drop(one)}>
                <bdi>{one.name}</bdi>
                <Icon name="x" label={i18n.t("Take {name} back", { name: one.name })} small />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        class="input"
        id={id}
        role="combobox"
        aria-expanded={offered.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={place >= 0 ? `${id}-${place}` : undefined}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        autofocus={focus}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <ul class="picker-list" id={`${id}-list`} role="listbox" aria-label={i18n.t("People")}>
        {offered.map((person, index) => (
          <li
            key={person.id}
            id={`${id}-${index}`}
            role="option"
            class="switcher-row"
            aria-selected={index === place}
            onPointerMove={() => setAt(index)}
            onClick={() => take(person)}
          >
            <Avatar id={person.id} name={person.name} presence={person} small />
            <bdi class="switcher-name">{person.name}</bdi>
            <span class="visually-hidden">{presenceWords(person)}</span>
          </li>
        ))}
      </ul>
      {found && offered.length === 0 && (
        <p class="field-hint">
          {query.trim() === ""
            ? i18n.t("There is nobody else to choose.")
            : i18n.t("Nobody by the name of “{query}”.", { query: query.trim() })}
        </p>
      )}
      {found?.fault && <p class="fault">{found.fault}</p>}
    </div>
  );
}
