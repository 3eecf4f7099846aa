import { render } from "preact";
import { messages } from "./locale/en/messages.ts";
import { i18n } from "./locale/i18n.ts";
import { startClient } from "./sdk/client.ts";
import { App } from "./view/app.tsx";
import { startTheme } from "./view/theme.ts";

i18n.load("en", messages);
startTheme();
const { model, accounts } = startClient();
render(<App model={model} accounts={accounts} />, document.getElementById("page")!);
