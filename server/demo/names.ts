/** The people of the example; tests, seeds and pictures call theirs the same. Nobody is called foo. */
export const names = {
  grace: "Grace Hopper",
  linus: "Linus Torvalds",
  margaret: "Margaret Hamilton",
  alan: "Alan Turing",
  katherine: "Katherine Johnson",
  radia: "Radia Perlman",
  edsger: "Edsger Dijkstra",
} as const;

export type DemoName = keyof typeof names;
