import { BenchServer } from "../load/bench-server.ts";
import { type Cores, coresText, stayOnLoadCores } from "../load/cores.ts";
import { HostPeople } from "../load/host-people.ts";
import { InvitedPeople } from "../load/invited-people.ts";
import type { People } from "../load/person.ts";
import type { Served } from "../load/population.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The server that is asked: one of its own, which goes with it, or one that somebody named. */
export class Place implements AsyncDisposable {
  readonly served: Served;
  readonly said: string;
  readonly #own: BenchServer | undefined;
  readonly #ending: AsyncDisposableStack;

  private constructor(served: Served, said: string, own?: BenchServer) {
    this.served = served;
    this.said = said;
    this.#own = own;
    this.#ending = new AsyncDisposableStack();
    if (own) this.#ending.use(own);
    if (served.people instanceof InvitedPeople) this.#ending.use(served.people);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => void this[Symbol.asyncDispose]().then(() => process.exit(130)));
    }
  }

  static async start(workers: number, cores: Cores | undefined): Promise<Place> {
    stayOnLoadCores(cores);
    const own = await BenchServer.start({ workers, cores });
    const redis = workers > 1 ? "with PostgreSQL and Redis" : "with PostgreSQL, without Redis";
    const said = `${workers} worker${workers > 1 ? "s" : ""} ${redis}; ${coresText(cores)}`;
    return new Place(own, said, own);
  }

  /** One that runs already. @throws what is missing to bring people to it, or why it lets the bench bring none */
  static async at(url: string, environment: Environment): Promise<Place> {
    const address = url.replace(/\/+$/, "");
    if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
      throw new Error(`--url says where a server is, as https://chat.example.org: not "${url}".`);
    }
    return new Place(
      { url: address, people: await peopleOf(address, environment) },
      `a server at ${address}`,
    );
  }

  get complaints(): string[] {
    const said = [...(this.#own?.complaints ?? [])];
    return said.map(([sentence, times]) => `The server said ${times} times: ${sentence}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ending.disposeAsync();
  }
}

/** As the server's host application, where its settings are known; else by invitations of an administrator. */
async function peopleOf(url: string, environment: Environment): Promise<People> {
  const [secret, issuer, audience, email, password] = [
    "HOST_JWT_SECRET",
    "HOST_ISSUER",
    "HOST_AUDIENCE",
    "BENCH_EMAIL",
    "BENCH_PASSWORD",
  ].map((name) => environment[name]);
  if (secret && issuer && audience) return new HostPeople({ secret, issuer, audience });
  if (email && password) return await InvitedPeople.enter(url, { email, password });
  throw new Error(
    "With --url the bench brings people of its own to that server. The environment has to say how: BENCH_EMAIL and BENCH_PASSWORD of an administrator, who invites them; or HOST_JWT_SECRET, HOST_ISSUER and HOST_AUDIENCE as the server has them, for its host application.",
  );
}
