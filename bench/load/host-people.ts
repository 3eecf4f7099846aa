import { SignJWT } from "jose";
import type { People, Person } from "./person.ts";

/** The host application that the load plays, with the settings of the server that trusts it. */
export interface Host {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** It signs for whomever it likes; who comes in by that for the first time has an account. */
export class HostPeople implements People {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async add(name: string): Promise<Person> {
    const { secret, issuer, audience } = this.#host;
    const token = await new SignJWT({ name })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(name)
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime("12 hours")
      .sign(new TextEncoder().encode(secret));
    return { name, token };
  }
}
