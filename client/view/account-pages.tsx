import { Accept } from "./accept.tsx";
import { Enter } from "./enter.tsx";
import { Reset } from "./reset.tsx";
import { SetUp } from "./set-up.tsx";
import { SignIn } from "./sign-in.tsx";

interface Props {
  readonly page: "sign-in" | "set-up" | "invite" | "reset" | "enter";
}

/** Everything that one sees without being signed in. Fetched only then. */
export function AccountPages({ page }: Props) {
  switch (page) {
    case "set-up":
      return <SetUp />;
    case "invite":
      return <Accept />;
    case "reset":
      return <Reset />;
    case "enter":
      return <Enter />;
    case "sign-in":
      return <SignIn />;
  }
}
