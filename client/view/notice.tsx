import type { ComponentChildren } from "preact";
import { Link } from "./link.tsx";

interface Props {
  readonly title: string;
  /** Where it is all that the page has, its title is the page's. */
  readonly isPage?: boolean;
  readonly text?: string;
  readonly button?: { readonly label: string; readonly press: () => void };
  readonly link?: { readonly label: string; readonly to: string };
  readonly children?: ComponentChildren;
}

/** In place of content: what is the matter, what still works, one way on. */
export function Notice({ title, isPage, text, button, link, children }: Props) {
  return (
    <div class="notice">
      {isPage ? <h1 class="notice-title">{title}</h1> : <p class="notice-title">{title}</p>}
      {text && <p class="notice-text">{text}</p>}
      {children}
      {button && (
        <button type="button" class="button" onClick={button.press}>
          {button.label}
        </button>
      )}
      {link && (
        <Link to={link.to} class="button">
          {link.label}
        </Link>
      )}
    </div>
  );
}
