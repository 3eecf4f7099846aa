import { useEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { chooseListWidth, clampListWidth, list, listWidth, showListWidth } from "./list-width.ts";

/** Drags the list's edge, or moves it by the arrow keys; a double click sets it back. */
export function ListResizer() {
  const [width, setWidth] = useState(listWidth);
  const dragged = useRef<{ x: number; width: number }>(undefined);
  useEffect(() => showListWidth(width), [width]);

  const choose = (wanted: number) => {
    setWidth(clampListWidth(wanted));
    chooseListWidth(wanted);
  };
  const direction = () => (document.dir === "rtl" ? -1 : 1);
  const press = (event: KeyboardEvent) => {
    const wanted: Record<string, number> = {
      ArrowRight: width + list.step * direction(),
      ArrowLeft: width - list.step * direction(),
      Home: list.min,
      End: list.max,
    };
    if (wanted[event.key] === undefined) return;
    event.preventDefault();
    choose(wanted[event.key]!);
  };

  return (
    <div
      class="resizer"
      role="separator"
      tabIndex={0}
      aria-label={i18n.t("Width of the list")}
      aria-orientation="vertical"
      aria-valuemin={list.min}
      aria-valuemax={list.max}
      aria-valuenow={width}
      onKeyDown={press}
      onDblClick={() => choose(list.usual)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (!dragged.current) return;
        const moved = (event.clientX - dragged.current.x) * direction();
        setWidth(clampListWidth(dragged.current.width + moved));
      }}
      onPointerUp={() => {
        if (!dragged.current) return;
        dragged.current = undefined;
        choose(width);
      }}
    />
  );
}
