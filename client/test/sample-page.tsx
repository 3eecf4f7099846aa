/** The page of tests and pictures: the real views around the sample model. `?state=` names the state, `showSample` the next. */
import { render } from "preact";
import { i18n } from "../locale/i18n.ts";
import { messages } from "../locale/en/messages.ts";
import { App } from "../view/app.tsx";
import { overlay } from "../view/keys.ts";
import { go } from "../view/router.ts";
import { startTheme } from "../view/theme.ts";
import { createSampleAccounts } from "./sample-accounts.ts";
import { createSample, type Sample } from "./sample-model.ts";
import type { StateName } from "./sample-states.ts";

declare global {
  interface Window {
    sample: Sample;
    /** Shows the views anew, as a page that is loaded there would; the document and its scripts stay. */
    showSample(path: string, state: StateName): void;
  }
}

/** Every word of the catalogue in brackets, so that one that is missing from it stands out. */
function bracketed(token: unknown): unknown {
  if (typeof token === "string") return token === "#" ? token : `⟦${token}⟧`;
  const [name, type, cases] = token as [string, string?, Record<string, unknown[]>?];
  if (!cases) return token;
  return [
    name,
    type,
    Object.fromEntries(Object.entries(cases).map(([form, inner]) => [form, inner.map(bracketed)])),
  ];
}

const pseudo = Object.fromEntries(
  Object.entries(messages).map(([id, tokens]) => [id, (tokens as unknown[]).map(bracketed)]),
) as typeof messages;

const question = new URLSearchParams(location.search);
const nowMs = Number(question.get("now") ?? Date.now());
const page = document.getElementById("page")!;
i18n.load("en", question.has("pseudo") ? pseudo : messages);
document.documentElement.dir = question.get("dir") ?? "ltr";
startTheme();

function show(state: StateName): void {
  window.sample = createSample(state, nowMs);
  const accounts = createSampleAccounts(state, window.sample, nowMs);
  render(<App model={window.sample.model} accounts={accounts} />, page);
}

window.showSample = (path, state) => {
  render(null, page);
  localStorage.clear();
  overlay.value = undefined;
  go(path, { replace: true });
  show(state);
};
show((question.get("state") ?? "usual") as StateName);
