import { expect, test } from "bun:test";
import { chooseNamed, isAsked } from "./choose.ts";
import { peers } from "./peers.ts";
import { questionsOf } from "./questions.ts";

const questions = questionsOf({ seconds: 1, socketsMax: 1_000 });
const names = (words: string[]) => chooseNamed(questions, words)?.map(({ name }) => name);

test("a question is called by its name or by how it begins, and one that is unknown is none", () => {
  expect(names(["durable", "fanout-200-1"])).toEqual([
    "fanout-200-1",
    "durable-five",
    "durable-closed",
    "durable-open",
  ]);
  expect(names([])).toHaveLength(questions.length);
  expect(names(["durable", "unheard-of"])).toBeUndefined();
});

test("a peer is asked what it can do, and one that is there for one thing only that", () => {
  const asked = (word: string) => {
    const [question] = chooseNamed(questions, [word])!;
    return peers.filter((peer) => isAsked(peer, question!)).map(({ name }) => name);
  };
  expect(asked("replay")).toEqual(["recovery", "usual", "centrifugo-postgres"]);
  expect(asked("durable-open")).toEqual(["usual", "centrifugo-postgres"]);
  expect(asked("idle")).toEqual(
    peers.filter(({ only }) => only === undefined).map(({ name }) => name),
  );
});
