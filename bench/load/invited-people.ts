import { Turns } from "#lib/turns.ts";
import { pause } from "#lib/wait.ts";
import type { People, Person } from "./person.ts";

/** How an administrator of the server signs in. */
export interface Administrator {
  readonly email: string;
  readonly password: string;
}

/** As many as one invitation may have. */
const usesMax = 1_000;
/** The server hashes two passwords at once, and a few wait behind these. */
const atOnceMax = 8;
/** Who is asked to come again later than that has been wrong too often. */
const againSecondsMax = 10;
const triesMax = 30;
const expiresInHours = 12;

type Headers = Readonly<Record<string, string>>;

interface Sent {
  readonly headers?: Headers;
  readonly body?: unknown;
}

interface Signed {
  readonly accessToken: string;
}

interface Invitation {
  readonly id: number;
  readonly link: string;
}

/**
 * An administrator signs in and invites; each accepts with a password that nobody knows. A token is good for ten minutes, which is longer than a question takes.
 * When all is over invitations are taken back and the administrator signs out; the people stay.
 */
export class InvitedPeople implements People, AsyncDisposable {
  readonly #url: string;
  readonly #administrator: Administrator;
  readonly #turns = new Turns(atOnceMax);
  readonly #invitations: Promise<Invitation>[] = [];
  #added = 0;

  private constructor(url: string, administrator: Administrator) {
    this.#url = url;
    this.#administrator = administrator;
  }

  /** Rejects, with what the server says, where this is nobody who may invite. */
  static async enter(url: string, administrator: Administrator): Promise<InvitedPeople> {
    const people = new InvitedPeople(url, administrator);
    await people.#invitation(0);
    return people;
  }

  async add(name: string): Promise<Person> {
    const index = this.#added++;
    return await this.#turns.take(async () => {
      const { link } = await this.#invitation(Math.floor(index / usesMax));
      const { accessToken } = await this.#answer<Signed>("POST", "invitations/accept", {
        body: {
          code: new URL(link).hash.replace("#code=", ""),
          name,
          email: `${name}@bench.invalid`,
          password: crypto.randomUUID(),
        },
      });
      return { name, token: accessToken };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const invitations = await Promise.all(this.#invitations);
    await this.#asAdministrator(async (headers) => {
      for (const { id } of invitations) await this.#ask("DELETE", `invitations/${id}`, { headers });
    });
  }

  /** Each is made once. */
  #invitation(index: number): Promise<Invitation> {
    return (this.#invitations[index] ??= this.#asAdministrator((headers) => {
      const body = { usesMax, expiresInHours };
      return this.#answer<Invitation>("POST", "invitations", { headers, body });
    }));
  }

  /** In a session of its own, since a run may take longer than a token is good for. */
  async #asAdministrator<T>(act: (headers: Headers) => Promise<T>): Promise<T> {
    const signedIn = await this.#ask("POST", "session", { body: this.#administrator });
    const { accessToken } = (await signedIn.json()) as Signed;
    try {
      return await act({ authorization: `Bearer ${accessToken}` });
    } finally {
      const cookie = signedIn.headers.getSetCookie().map((text) => text.split(";")[0]!);
      await this.#ask("DELETE", "session", { headers: { cookie: cookie.join("; ") } });
    }
  }

  async #answer<T>(method: string, path: string, sent: Sent): Promise<T> {
    return (await (await this.#ask(method, path, sent)).json()) as T;
  }

  /** Comes again where the server asks for that. */
  async #ask(method: string, path: string, { headers = {}, body }: Sent): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const response = await fetch(`${this.#url}/api/v1/${path}`, {
        method,
        headers: { ...headers, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (response.ok) return response;
      const again = Number(response.headers.get("retry-after") ?? 0);
      if (again === 0 || again > againSecondsMax || tries === triesMax) {
        throw new Error(`${method} ${path} of ${this.#url}: ${await problemText(response)}`);
      }
      await pause(again * 1_000);
    }
  }
}

/** What the server says of it, of which a proxy may know nothing. */
async function problemText(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return [response.status, title, detail].filter(Boolean).join(" ");
  } catch {
    return `${response.status} ${text.slice(0, 200)}`;
  }
}
