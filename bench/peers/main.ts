/** `npm run peers`: the same work for Parley and its peers, in turn and in one run; exits with 1 where a count is wrong. */
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BenchServer } from "../load/bench-server.ts";
import { chooseCores, type Cores, coresText, stayOnLoadCores } from "../load/cores.ts";
import { complaintsText } from "../load/report.ts";
import { writeFiles } from "../write-files.ts";
import { ask } from "./ask.ts";
import { chooseNamed, isAsked } from "./choose.ts";
import { type Available, findAvailable } from "./install.ts";
import { DurableParley, EphemeralParley, parleyDoes, parleyTitle } from "./parley.ts";
import { PeerServer } from "./peer-server.ts";
import { peers } from "./peers.ts";
import type { Question } from "./question.ts";
import { questionsOf } from "./questions.ts";
import { type Answer, answerMarkdown, answerText, isRight } from "./report.ts";

const folder = join(import.meta.dir, "../../artefacts/bench");

const options = {
  /** Which of them, by comma; all where nothing is said. */
  peers: { type: "string", default: "" },
  /** Measured, after one that only warms up. */
  rounds: { type: "string", default: "5" },
  /** Of each contestant in each round. */
  seconds: { type: "string", default: "2" },
  /** At most, in any question. */
  sockets: { type: "string", default: "1000" },
  /** Of Parley; several need a Redis. */
  workers: { type: "string", default: "1" },
  /** As `taskset -c` has them. */
  "server-cores": { type: "string", default: "" },
  "load-cores": { type: "string", default: "" },
  /** Only gets what peers need. */
  prepare: { type: "boolean", default: false },
} as const;

async function main(args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [rounds, seconds, socketsMax, workers] = [
    values.rounds,
    values.seconds,
    values.sockets,
    values.workers,
  ].map(Number) as [number, number, number, number];
  const questions = chooseNamed(questionsOf({ seconds, socketsMax }), positionals);
  const chosen = chooseNamed(peers, values.peers.split(",").filter(Boolean));
  if (!questions || !chosen || ![rounds, seconds, socketsMax, workers].every((one) => one > 0)) {
    console.log(usage());
    return false;
  }
  const available = findAvailable(chosen, console.log);
  if (values.prepare) return true;

  const cores = chooseCores({
    serverCores: values["server-cores"],
    loadCores: values["load-cores"],
  });
  stayOnLoadCores(cores);
  await using parley = await BenchServer.start({ workers, cores });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Peers end with us.
    process.once(signal, () => void parley[Symbol.asyncDispose]().then(() => process.exit(130)));
  }
  const circumstances = `Parley with ${workers} worker${workers > 1 ? "s" : ""}; ${coresText(cores)}; ${versions()}`;
  console.log(circumstances);
  const answers: Answer[] = [];
  for (const question of questions) {
    const answer = await askAll(question, { parley, available, cores }, rounds);
    console.log(`\n${answerText(answer, parleyTitle)}`);
    answers.push(answer);
  }
  console.log(`\n${parleyTitle}: ${parleyDoes}`);
  for (const { peer } of available) console.log(`${peer.title}: ${peer.does}`);
  console.log(`\nload average at the end ${loadavg()[0]!.toFixed(2)}`);
  if (parley.complaints.size > 0) console.log(complaintsText(parley));
  const command = ["npm run peers", ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
  const at = new Date().toISOString();
  const report = { command, at, circumstances, answers: answers.map(plain) };
  const files = await writeFiles(folder, {
    "peers.json": `${JSON.stringify(report, null, 2)}\n`,
    "peers.md": `\`${command}\`, ${at.slice(0, 10)}: ${circumstances}.\n\n${answers.map((answer) => answerMarkdown(answer, parleyTitle)).join("\n")}`,
  });
  for (const file of files) console.log(file);
  return answers.every(isRight);
}

interface Place {
  readonly parley: BenchServer;
  readonly available: readonly Available[];
  readonly cores: Cores | undefined;
}

async function askAll(
  question: Question,
  { parley, available, cores }: Place,
  rounds: number,
): Promise<Answer> {
  await using servers = new AsyncDisposableStack();
  const asked = available
    .filter(({ peer }) => isAsked(peer, question))
    .map(({ peer, command }) => servers.use(new PeerServer(peer, command, cores)));
  const ephemeral = question.asksEphemeral ? [new EphemeralParley(parley)] : [];
  return await ask(question, [new DurableParley(parley), ...ephemeral, ...asked], rounds);
}

function versions(): string {
  const others = ["node", "python3"].filter((name) => Bun.which(name) !== null);
  const said = others.map((name) =>
    Bun.spawnSync([name, "--version"]).stdout.toString().trim().replace(/^v/, "Node "),
  );
  return [`Bun ${Bun.version}`, ...said].join(", ");
}

function plain({ question: { name, asks }, rounds }: Answer) {
  return { name, asks, contestants: Object.fromEntries(rounds) };
}

function usage(): string {
  const questions = questionsOf({ seconds: 2, socketsMax: 1_000 });
  return [
    "npm run peers -- [question …] [--peers ws,socketio] [--rounds 5] [--seconds 2] [--sockets 1000] [--workers 1] [--server-cores 0] [--load-cores 1] [--prepare]",
    ...questions.map(({ name, asks }) => `  ${name.padEnd(16)}${asks}`),
    "Peers:",
    ...peers.map(({ name, title, does }) => `  ${name.padEnd(16)}${title}. ${does}`),
  ].join("\n");
}

const isRun = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return false;
});
process.exit(isRun ? 0 : 1);
