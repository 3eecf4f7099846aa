import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Accounts, Model } from "../store/model.ts";

interface Known {
  readonly model: Model;
  readonly accounts: Accounts;
}

export const KnownContext = createContext<Known | undefined>(undefined);

function useKnown(): Known {
  const known = useContext(KnownContext);
  if (!known) throw new Error("a view stands outside of App");
  return known;
}

export function useModel(): Model {
  return useKnown().model;
}

export function useAccounts(): Accounts {
  return useKnown().accounts;
}
