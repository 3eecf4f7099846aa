import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { Announcer } from "./announcer.tsx";
import { ChannelList } from "./channel-list.tsx";
import { useModel } from "./context.ts";
import { Guard } from "./guard.tsx";
import { overlay, useKeys } from "./keys.ts";
import { lazy } from "./lazy.tsx";
import { LinkBar } from "./link-bar.tsx";
import { ListHeader } from "./list-header.tsx";
import { listWidth, showListWidth } from "./list-width.ts";
import { isNarrow } from "./narrow.ts";
import { Notice } from "./notice.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { route } from "./router.ts";

const loadOverlays = () => import("./overlays.tsx");
const loadChannelPane = () => import("./channel-pane.tsx");
const ChannelPane = lazy(async () => (await loadChannelPane()).ChannelPane);
const People = lazy(async () => (await import("./people-page.tsx")).PeoplePage);
const OwnPages = lazy(async () => (await import("./own-pages.tsx")).OwnPages);
const Overlays = lazy(async () => (await loadOverlays()).Overlays);
const ListResizer = lazy(async () => (await import("./list-resizer.tsx")).ListResizer);

/** Beside the list nothing is open yet. An empty list says by itself what to do. */
function Home() {
  const lines = useModel().channels.value;
  if (!lines || lines.length === 0) return null;
  return (
    <Notice
      isPage
      title={i18n.t("Choose a channel from the list, or find a person to talk to.")}
      link={{ label: i18n.t("Find a person"), to: "/people" }}
    />
  );
}

function Pane() {
  const { page } = route.value;
  switch (page) {
    case "channel":
      return (
        <ChannelPane
          textId={route.value.textId}
          panel={route.value.panel}
          key={route.value.textId}
        />
      );
    case "people":
      return <People />;
    case "devices":
    case "example":
    case "invitations":
    case "privacy":
      return <OwnPages page={page} />;
    case "unknown":
      return (
        <>
          <PaneHeader title={i18n.t("Not found")} />
          <Notice
            title={i18n.t("There is nothing at this address.")}
            link={{ label: i18n.t("Back to your channels"), to: "/" }}
          />
        </>
      );
    default:
      return <Home />;
  }
}

/** The list beside what is open; on a narrow page one of the two, each with its own address. */
export function Shell() {
  const model = useModel();
  useKeys(model);
  useLayoutEffect(() => showListWidth(listWidth()), []);
  const [isListed, setListed] = useState(false);
  useEffect(() => effect(() => setListed(model.channels.value !== undefined)), [model]);
  useEffect(() => {
    // What one opens next is fetched once the list stands. A failure shows when it is opened.
    if (isListed) Promise.all([loadChannelPane(), loadOverlays()]).catch(reportError);
  }, [isListed]);
  const current = route.value;
  const textId = current.page === "channel" ? current.textId : undefined;
  useEffect(() => {
    if (textId === undefined) return undefined;
    model.openChannel(textId);
    return () => model.closeChannel();
  }, [model, textId]);
  const isHome = current.page === "home";

  return (
    <div class="shell" data-pane={isHome ? "list" : "main"}>
      <div
        class="side"
        role={isHome && isNarrow.value ? "main" : "navigation"}
        data-region="list"
        aria-label={i18n.t("Channels")}
      >
        <ListHeader />
        <Guard>
          <ChannelList />
        </Guard>
        {isListed && <ListResizer />}
      </div>
      <main class="main" data-region="main" tabIndex={-1}>
        <Guard key={textId ?? current.page}>
          <Pane />
        </Guard>
      </main>
      <LinkBar />
      <Announcer />
      {overlay.value && <Overlays />}
    </div>
  );
}
