import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { DemoLink, DemoPerson } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { useAccounts } from "./context.ts";
import { CopyLink } from "./copy-link.tsx";
import { sentenceOf } from "./problem-words.ts";
import { expiryTime } from "./time.ts";

/** One of the example, and the way to be them. */
export function ExamplePerson({ person: { id, name } }: { readonly person: DemoPerson }) {
  const accounts = useAccounts();
  const [made, setMade] = useState<DemoLink>();
  const [fault, setFault] = useState("");
  const make = async () => {
    const answer = await accounts.demoLink(id);
    if ("problem" in answer) return setFault(sentenceOf(answer));
    setFault("");
    setMade(answer);
  };
  return (
    <li class="example-person">
      <div class="example-line">
        <Avatar id={id} name={name} />
        <bdi class="example-name">{name}</bdi>
        <button
          type="button"
          class="button"
          aria-label={i18n.t("Sign-in link for {name}", { name })}
          onClick={() => void make()}
        >
          {i18n.t("Sign-in link")}
        </button>
      </div>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {made && (
        <CopyLink
          key={made.link}
          link={made.link}
          label={i18n.t("Open this in a private window")}
          hint={i18n.t("It works once, until {time}, and is shown only now.", {
            time: expiryTime(Date.parse(made.expiresAt)),
          })}
        />
      )}
    </li>
  );
}
