import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { charsOf, cleaned } from "#wire/body.ts";
import { limits } from "#wire/limits.ts";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine } from "../store/model.ts";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";

interface Props {
  readonly channel: ChannelLine;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}

/** From here on the text could be too long, and only then it is worth counting. */
function excessOf(body: string): number {
  return body.length > limits.bodyCharsMax ? charsOf(cleaned(body)) - limits.bodyCharsMax : 0;
}

/** Where one writes. Enter sends and Shift+Enter breaks; on touch Enter breaks, and the button sends. */
export function Composer({ channel, input }: Props) {
  const model = useModel();
  const [body, setBody] = useState(() => model.draftOf(channel.id));
  const draftOwner = useRef(channel.id);
  const touch = matchMedia("(pointer: coarse)").matches;
  const excess = excessOf(body);

  useLayoutEffect(() => {
    if (draftOwner.current === channel.id) return;
    draftOwner.current = channel.id;
    setBody(model.draftOf(channel.id));
  }, [channel.id, model]);
  useLayoutEffect(() => {
    // On touch it would call up the keyboard over what one came to read.
    if (!touch) input.current?.focus();
  }, []);

  const write = (text: string) => {
    setBody(text);
    model.keepDraft(channel.id, text);
  };
  const send = () => {
    input.current?.focus();
    const said = cleaned(body);
    if (said === "" || excess > 0) return;
    model.say(channel.id, said);
    write("");
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    send();
  };
  const label = i18n.t("Message to {name}", { name: channel.name });

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-field" data-written={body}>
        <textarea
          ref={input}
          class="composer-input"
          data-region="composer"
          rows={1}
          dir="auto"
          aria-label={label}
          placeholder={label}
          enterkeyhint={touch ? "enter" : "send"}
          autocomplete="off"
          aria-describedby={excess > 0 ? "composer-excess" : undefined}
          aria-invalid={excess > 0}
          value={body}
          onInput={(event) => {
            write(event.currentTarget.value);
            if (event.currentTarget.value !== "") model.types(channel.id);
          }}
          onKeyDown={press}
        />
      </div>
      <button type="submit" class="button-icon composer-send" title={i18n.t("Send")}>
        <Icon name="arrow-up" label={i18n.t("Send")} />
      </button>
      {excess > 0 && (
        <p class="fault composer-excess" id="composer-excess">
          {i18n.t(
            "{excess, plural, one {# character} other {# characters}} over the limit of {max}.",
            { excess, max: i18n.number(limits.bodyCharsMax) },
          )}
        </p>
      )}
    </form>
  );
}
