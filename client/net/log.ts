/** Where the client writes what no person needs to see. */
export type Log = (sentence: string, about?: unknown) => void;

/** The client's only console. */
export const consoleLog: Log = (sentence, about) => {
  if (about === undefined) console.warn(sentence);
  else console.warn(sentence, about);
};
