import { DevicesPage } from "./devices-page.tsx";
import { ExamplePage } from "./example-page.tsx";
import { InvitationsPage } from "./invitations-page.tsx";
import { PrivacyPage } from "./privacy-page.tsx";

const pages = {
  devices: DevicesPage,
  example: ExamplePage,
  invitations: InvitationsPage,
  privacy: PrivacyPage,
};

/** The pages that one's own menu leads to. They are small, and fetched together. */
export function OwnPages({ page }: { readonly page: keyof typeof pages }) {
  const Page = pages[page];
  return <Page />;
}
