import { useId, useState } from "preact/hooks";
import { charsOf } from "#wire/body.ts";
import { limits } from "#wire/limits.ts";
import { i18n } from "../locale/i18n.ts";
import type { Trouble } from "../store/model.ts";
import { AskForm } from "./ask-form.tsx";
import { type ClearAfter, clearAfter, untilOf } from "./clear-after.ts";
import { useModel } from "./context.ts";
import { sentenceOfTrouble } from "./refusal-words.ts";
import { expiryTime } from "./time.ts";

function clearAfterWords(after: ClearAfter): string {
  switch (after) {
    case "never":
      return i18n.t("Don't clear");
    case "30min":
      return i18n.t("30 minutes");
    case "1h":
      return i18n.t("1 hour");
    case "4h":
      return i18n.t("4 hours");
    case "today":
      return i18n.t("Today");
    case "week":
      return i18n.t("This week");
  }
}

const wordsOf = (trouble: Trouble | undefined): string =>
  trouble ? sentenceOfTrouble(trouble.code) : "";

interface TextProps {
  readonly text: string;
  readonly change: (text: string) => void;
}

function StatusText({ text, change }: TextProps) {
  const id = useId();
  const excess = charsOf(text.trim()) - limits.statusCharsMax;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {i18n.t("What you are doing")}
      </label>
      <input
        class="input"
        id={id}
        autocomplete="off"
        dir="auto"
        autofocus
        value={text}
        aria-invalid={excess > 0 ? "true" : undefined}
        aria-describedby={excess > 0 ? `${id}-excess` : undefined}
        onInput={(event) => change(event.currentTarget.value)}
      />
      {excess > 0 && (
        <p class="fault" id={`${id}-excess`}>
          {i18n.t(
            "{excess, plural, one {# character} other {# characters}} over the limit of {max}.",
            { excess, max: i18n.number(limits.statusCharsMax) },
          )}
        </p>
      )}
    </div>
  );
}

interface AfterProps {
  /** When the present one ends, which may stay so. */
  readonly until: number | null;
  readonly after: ClearAfter | "kept";
  readonly change: (after: ClearAfter | "kept") => void;
}

function ClearAfterField({ until, after, change }: AfterProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {i18n.t("Clear after")}
      </label>
      <select
        class="input"
        id={id}
        value={after}
        onChange={(event) => change(event.currentTarget.value as ClearAfter | "kept")}
      >
        {until !== null && (
          <option value="kept">{i18n.t("As now: {time}", { time: expiryTime(until) })}</option>
        )}
        {clearAfter.map((each) => (
          <option key={each} value={each}>
            {clearAfterWords(each)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What one says of oneself, for a time. */
export function StatusDialog({ close }: { readonly close: () => void }) {
  const model = useModel();
  // As it was when it was opened: it may pass while one is typing.
  const [status] = useState(model.profile.peek().status);
  const until = status?.until ?? null;
  const [text, setText] = useState(status?.text ?? "");
  const [after, setAfter] = useState<ClearAfter | "kept">(until === null ? "never" : "kept");
  const save = async () => {
    // Too much of it would not even be understood.
    if (charsOf(text.trim()) > limits.statusCharsMax) return sentenceOfTrouble("status_invalid");
    const end = after === "kept" ? until : untilOf(after, Date.now());
    return wordsOf(await model.setStatus(text, end));
  };
  const clear = async () => wordsOf(await model.clearStatus());
  return (
    <AskForm
      title={status ? i18n.t("Your status") : i18n.t("Set a status")}
      act={i18n.t("Save")}
      {...(status && { other: { act: i18n.t("Clear status"), submit: clear } })}
      submit={save}
      close={close}
    >
      <StatusText text={text} change={setText} />
      <ClearAfterField until={until} after={after} change={setAfter} />
    </AskForm>
  );
}
