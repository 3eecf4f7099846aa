import { useLayoutEffect, useRef } from "preact/hooks";

/** The element has focus when it is first shown. `autofocus` would do so only once in the life of a page. */
export function useFirstFocus<Target extends HTMLElement>(isWanted = true) {
  const target = useRef<Target>(null);
  useLayoutEffect(() => {
    // On touch it would call up the keyboard over what one came to read.
    if (isWanted && !matchMedia("(pointer: coarse)").matches) target.current?.focus();
  }, []);
  return target;
}
