import sprite from "./icons.svg";

export type IconName =
  | "arrow-down"
  | "arrow-left"
  | "arrow-up"
  | "check"
  | "check-check"
  | "chevron-down"
  | "circle-alert"
  | "clock"
  | "copy"
  | "ellipsis"
  | "keyboard"
  | "log-out"
  | "monitor"
  | "moon"
  | "presentation"
  | "rotate-cw"
  | "search"
  | "shield"
  | "smartphone"
  | "square-pen"
  | "sun"
  | "trash-2"
  | "user-plus"
  | "users"
  | "x";

interface Props {
  readonly name: IconName;
  /** In words, where nothing beside it says what it means. */
  readonly label?: string;
  readonly small?: boolean;
}

export function Icon({ name, label, small }: Props) {
  return (
    <svg
      class={small ? "icon icon-small" : "icon"}
      data-icon={name}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" })}
    >
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
