import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { DemoPerson, Problem } from "../store/model.ts";
import { AskForm } from "./ask-form.tsx";
import { useAccounts, useModel } from "./context.ts";
import { ExamplePerson } from "./example-person.tsx";
import { Icon } from "./icon.tsx";
import { LoadExample } from "./load-example.tsx";
import { Notice } from "./notice.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { sentenceOf } from "./problem-words.ts";
import { SkeletonRows } from "./skeleton.tsx";

interface ChangeProps {
  readonly changed: (people: readonly DemoPerson[]) => void;
}

/** Before it is there. */
function NotLoaded({ changed }: ChangeProps) {
  return (
    <Notice
      title={i18n.t("A small team, its groups, and what it said in three weeks.")}
      text={i18n.t(
        "To look around in and to try with. They are no real accounts, and one click takes all of it away again.",
      )}
    >
      <LoadExample isPrimary loaded={changed} />
    </Notice>
  );
}

/** Says exactly what goes, and what does not. */
function Remove({ close, changed }: ChangeProps & { readonly close: () => void }) {
  const accounts = useAccounts();
  const submit = async () => {
    const problem = await accounts.removeDemo();
    if (problem) return sentenceOf(problem);
    changed([]);
    return "";
  };
  return (
    <AskForm
      title={i18n.t("Remove the example?")}
      act={i18n.t("Remove the example")}
      isDangerous
      {...{ submit, close }}
    >
      <ul class="example-terms">
        <li>
          {i18n.t(
            "What goes: its people, who are signed out at once; its groups; and every direct message with one of its people. All that was said there goes too, also by you and by others.",
          )}
        </li>
        <li>
          {i18n.t(
            "What stays: every real account, and all groups that were not part of it. Its people leave those; what they said there stays.",
          )}
        </li>
        <li>{i18n.t("There is no way back, but it can be loaded anew.")}</li>
      </ul>
    </AskForm>
  );
}

function Loaded({ people, changed }: ChangeProps & { readonly people: readonly DemoPerson[] }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <p>
        {i18n.t("Its groups are in your list. You can write there, and its people can answer:")}
      </p>
      <h2 class="page-heading">{i18n.t("Sign in as one of them")}</h2>
      <p class="field-hint">
        {i18n.t(
          "Open a link in a private window, so that you stay yourself in this one. A link works once, for an hour; a new one replaces it.",
        )}
      </p>
      <ul>
        {people.map((person) => (
          <ExamplePerson person={person} key={person.id} />
        ))}
      </ul>
      <div class="example-end">
        <button type="button" class="button" onClick={() => setAsking(true)}>
          <Icon name="trash-2" />
          {i18n.t("Remove the example")}
        </button>
        {isAsking && <Remove changed={changed} close={() => setAsking(false)} />}
      </div>
    </>
  );
}

function Example() {
  const accounts = useAccounts();
  const [known, setKnown] = useState<readonly DemoPerson[] | Problem>();
  const look = () => void accounts.demo().then(setKnown);
  useEffect(look, [accounts]);
  if (!known) return <SkeletonRows count={7} />;
  if ("problem" in known) {
    return (
      <Notice
        title={i18n.t("Whether the example is loaded could not be read.")}
        text={sentenceOf(known)}
        button={{ label: i18n.t("Try again"), press: look }}
      />
    );
  }
  return known.length === 0 ? (
    <NotLoaded changed={setKnown} />
  ) : (
    <Loaded people={known} changed={setKnown} />
  );
}

/** People and groups to try with: loaded, lived in and removed by the owner. */
export function ExamplePage() {
  const me = useModel().me.value;
  return (
    <>
      <PaneHeader title={i18n.t("Example")} />
      <div class="page">
        {me && me.role !== "owner" ? (
          <Notice
            title={i18n.t("Only the owner can load the example.")}
            link={{ label: i18n.t("Back to your channels"), to: "/" }}
          />
        ) : (
          <Example />
        )}
      </div>
    </>
  );
}
