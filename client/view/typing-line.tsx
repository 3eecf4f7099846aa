import { i18n } from "../locale/i18n.ts";

interface Props {
  readonly people: readonly { readonly id: number; readonly name: string }[];
}

function words(people: Props["people"]): string {
  const [first, second] = people.map(({ name }) => name);
  if (first === undefined) return "";
  if (second === undefined) return i18n.t("{name} is typing", { name: first });
  if (people.length === 2) return i18n.t("{first} and {second} are typing", { first, second });
  return i18n.t("Several people are typing");
}

/** Its place is always kept, so that nothing moves when somebody begins. */
export function TypingLine({ people }: Props) {
  return <p class="typing-line">{words(people)}</p>;
}
