import { names } from "../demo/names.ts";

/** Who lives in seeds, tests and pictures. Nobody is called foo. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** The owner of every seeded instance is Ada; the others come by her invitation. */
export const people = {
  ada: { name: "Ada Lovelace", email: "ada@parley.test", password: "note-g-by-hand" },
  grace: { name: names.grace, email: "grace@parley.test", password: "a-moth-in-relay-70" },
  linus: { name: names.linus, email: "linus@parley.test", password: "just-for-fun-1991" },
  margaret: { name: names.margaret, email: "margaret@parley.test", password: "alarm-1202-go" },
  alan: { name: names.alan, email: "alan@parley.test", password: "an-endless-tape" },
  katherine: {
    name: names.katherine,
    email: "katherine@parley.test",
    password: "check-the-numbers",
  },
  radia: { name: names.radia, email: "radia@parley.test", password: "a-tree-that-spans" },
  edsger: { name: names.edsger, email: "edsger@parley.test", password: "the-shortest-path" },
} as const satisfies Record<string, Person>;
