import type { ComponentChildren } from "preact";

/** The frame of the pages where nobody is signed in. */
export function AccountPage({ children }: { readonly children: ComponentChildren }) {
  return (
    <main class="account">
      <p class="wordmark">Parley</p>
      {children}
    </main>
  );
}
