import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { isEmojiAlone, partsOf } from "./body-parts.ts";

/** Below this nothing can fill 24 lines, and nothing needs to be measured. */
const suspicious = { chars: 700, breaks: 23 } as const;

function mayFold(body: string): boolean {
  return body.length > suspicious.chars || body.split("\n").length > suspicious.breaks;
}

/** What somebody wrote: text, with its links as links. What is longer than 24 lines is folded. */
export function MessageBody({ body }: { readonly body: string }) {
  const text = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isCut, setCut] = useState(false);
  const folds = mayFold(body);
  useLayoutEffect(() => {
    const { current } = text;
    if (current && folds && !isOpen) setCut(current.scrollHeight > current.clientHeight + 1);
  }, [body, folds, isOpen]);

  const look = isEmojiAlone(body) ? "message-body message-emoji" : "message-body";
  return (
    <>
      <div ref={text} class={folds && !isOpen ? `${look} message-folded` : look} dir="auto">
        {partsOf(body).map((part, at) =>
          part.href ? (
            <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
      </div>
      {folds && (isCut || isOpen) && (
        <button
          type="button"
          class="button-plain"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? i18n.t("Show less") : i18n.t("Show all")}
        </button>
      )}
    </>
  );
}
