import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { useModel } from "./context.ts";
import { GroupForm, GroupName } from "./group-form.tsx";
import { type Chosen, PeoplePicker } from "./people-picker.tsx";
import { go } from "./router.ts";

/** C5: a name, and with whom. It opens when it is made. */
export function NewGroup({ close }: { readonly close: () => void }) {
  const model = useModel();
  // One wish has one id, however often it is asked: an answer that got lost makes no second group.
  const [id] = useState(() => model.newGroupId());
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const submit = async () => {
    const users = chosen.map((one) => one.id);
    const made = await model.createGroup(id, name, users);
    if ("code" in made) return made;
    go(`/c/${made.textId}`);
    return undefined;
  };
  return (
    <GroupForm title={i18n.t("New group")} act={i18n.t("Make the group")} {...{ submit, close }}>
      <GroupName name={name} change={setName} />
      <PeoplePicker label={i18n.t("With whom")} chosen={chosen} choose={setChosen} />
    </GroupForm>
  );
}
