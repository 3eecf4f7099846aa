const asRoot = "only root may become somebody else";
const mounting = "only root outside of a container may mount";

/**
 * Every test that may be skipped, by its full name, and why. Any other skip is a failure; so is a name that no test has.
 */
export const allowedSkips: Readonly<Record<string, string>> = {
  "production is no bigger than was agreed, but a tenth": "the figure was measured on Linux",
  "root with a clone under a 0700 /root: PostgreSQL and the data move, and the terminal says so":
    mounting,
  "root who sets DATA_DIR to where PostgreSQL's user may not go is told so": mounting,
  "an ordinary user starts it from a clone of theirs, and nobody else gets at what it keeps":
    asRoot,
  "an ordinary user whose data belongs to somebody else is told so": asRoot,
  "what an ordinary user began, root continues as that user": asRoot,
  "a disk that is full, at whatever step, is said in one sentence": mounting,
  "a server whose disk is full goes on, and stores again when there is space": mounting,
  "a start on a disk that has filled up says so, and works when there is space": mounting,
};
