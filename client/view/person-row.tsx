import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { PersonLine } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useModel } from "./context.ts";
import { PresenceWords } from "./presence.tsx";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { go } from "./router.ts";

function roleWords(role: PersonLine["role"]): string {
  switch (role) {
    case "owner":
      return i18n.t("owner");
    case "admin":
      return i18n.t("administrator");
    case "guest":
      return i18n.t("guest");
    case "member":
      return "";
  }
}

/** A person whom one can talk to: pressing the row opens the direct message. */
export function PersonRow({ person }: { readonly person: PersonLine }) {
  const model = useModel();
  const [fault, setFault] = useState("");
  const presence = model.presence(person.id).value;
  const status = model.status(person.id).value;
  const talk = async () => {
    const found = await model.startDirect(person.id);
    if (typeof found === "string") go(`/c/${found}`);
    else setFault(sentenceOfTrouble(found.code));
  };
  return (
    <li>
      <button type="button" class="person-row" onClick={() => void talk()}>
        <Avatar id={person.id} name={person.name} presence={presence} />
        <span class="person-name">
          <bdi>{person.name}</bdi>
        </span>
        <span class="person-role">{roleWords(person.role)}</span>
        <span class="person-line">
          <PresenceWords presence={presence} />
          {status && <bdi class="person-status">{status.text}</bdi>}
        </span>
      </button>
      {fault && <p class="fault people-fault">{fault}</p>}
    </li>
  );
}
