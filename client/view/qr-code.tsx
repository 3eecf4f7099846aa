import { generate } from "lean-qr";
import { i18n } from "../locale/i18n.ts";

/** Empty modules that a camera needs around a code (ISO/IEC 18004). */
const quietModules = 4;

/** A text for somebody's camera: the same black on white in every theme, since many read nothing else. */
export function QrCode({ text }: { readonly text: string }) {
  const code = generate(text);
  const side = code.size + 2 * quietModules;
  let modules = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) modules += `M${x + quietModules} ${y + quietModules}h1v1h-1z`;
    }
  }
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={i18n.t("The same link as a QR code")}
      shape-rendering="crispEdges"
    >
      <path d={modules} />
    </svg>
  );
}
