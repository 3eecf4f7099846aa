import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Me, Problem } from "../store/model.ts";
import { Field } from "./field.tsx";
import { sentenceOf } from "./problem-words.ts";
import { go } from "./router.ts";

export type FieldName = "name" | "email" | "password";
type Answers = Readonly<Record<FieldName, string>>;

interface Props {
  readonly title: string;
  readonly intro?: ComponentChildren;
  readonly fields: readonly FieldName[];
  /** Whether the password is one that is being made. */
  readonly newPassword: boolean;
  readonly button: string;
  readonly submit: (answers: Answers) => Promise<Me | Problem>;
  /** Where one is afterwards; without it one stays at the address, which now shows something else. */
  readonly then?: string;
}

function faultOfEmpty(answers: Answers, fields: readonly FieldName[]): Problem | undefined {
  const words = {
    name: i18n.t("Enter your name."),
    email: i18n.t("Enter your email address."),
    password: i18n.t("Enter a password."),
  };
  const empty = fields.find((field) => answers[field].trim() === "");
  return empty && { problem: "empty", status: 0, detail: words[empty], field: empty };
}

function readAnswers(form: HTMLFormElement): Answers {
  const data = new FormData(form);
  const text = (name: FieldName) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };
  return { name: text("name").trim(), email: text("email").trim(), password: text("password") };
}

/** The form of every account page: some of three fields, one button, and what is wrong at the field where it is wrong. */
export function AccountForm({ title, intro, fields, newPassword, button, submit, then }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const show = (found: Problem) => {
    setProblem(found);
    const at = fields.find((field) => field === found.field);
    if (at) form.current?.querySelector<HTMLInputElement>(`[name=${at}]`)?.focus();
  };
  const send = async () => {
    if (busy || !form.current) return;
    const answers = readAnswers(form.current);
    const empty = faultOfEmpty(answers, fields);
    if (empty) {
      show(empty);
      return;
    }
    setBusy(true);
    const result = await submit(answers);
    setBusy(false);
    if ("problem" in result) show(result);
    else if (then) go(then, { replace: true });
  };
  const faultOf = (field: FieldName) =>
    problem?.field === field ? sentenceOf(problem) : undefined;
  const elsewhere = problem && !fields.some((field) => field === problem.field);

  return (
    <form
      ref={form}
      class="account-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h1 class="account-title">{title}</h1>
      {intro}
      {fields.includes("name") && (
        <Field
          name="name"
          label={i18n.t("Name")}
          hint={i18n.t("As others see you.")}
          autocomplete="name"
          fault={faultOf("name")}
          focus={fields[0] === "name"}
        />
      )}
      {fields.includes("email") && (
        <Field
          name="email"
          label={i18n.t("Email")}
          type="email"
          autocomplete="username"
          fault={faultOf("email")}
          focus={fields[0] === "email"}
        />
      )}
      <Field
        name="password"
        label={newPassword ? i18n.t("New password") : i18n.t("Password")}
        type="password"
        {...(newPassword ? { hint: i18n.t("At least 10 characters.") } : {})}
        autocomplete={newPassword ? "new-password" : "current-password"}
        fault={faultOf("password")}
        focus={fields[0] === "password"}
      />
      <button type="submit" class="button button-primary button-wide" aria-busy={busy}>
        {button}
      </button>
      <p class="fault" role="alert">
        {elsewhere && sentenceOf(problem)}
      </p>
    </form>
  );
}
