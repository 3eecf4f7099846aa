import { useRef, useState } from "preact/hooks";
import type { Shown } from "#wire/row.ts";
import { useModel } from "./context.ts";
import { sentenceOfTrouble } from "./refusal-words.ts";

interface Fault {
  /** Of which part of it. */
  readonly of: keyof Shown;
  readonly text: string;
}

/** How others see one, and the way to change a part of it: one after the other, so that none takes another back. */
export function useShown() {
  const model = useModel();
  const [fault, setFault] = useState<Fault>();
  const isUnderWay = useRef(false);
  const change = async <Part extends keyof Shown>(of: Part, value: Shown[Part]) => {
    const before = model.profile.peek().shown;
    if (isUnderWay.current || before[of] === value) return;
    isUnderWay.current = true;
    const trouble = await model.setShown({ ...before, [of]: value });
    isUnderWay.current = false;
    setFault(trouble && { of, text: sentenceOfTrouble(trouble.code) });
  };
  return { shown: model.profile.value.shown, fault, change };
}
