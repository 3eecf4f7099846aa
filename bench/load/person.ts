import { SignJWT } from "jose";

/** The host application that the load plays: it signs for whomever it likes. */
export interface Host {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Somebody who can come in; the first time makes their account. */
export interface Person {
  readonly name: string;
  readonly token: string;
}

export async function makePerson(host: Host, name: string): Promise<Person> {
  const token = await new SignJWT({ name })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(name)
    .setIssuer(host.issuer)
    .setAudience(host.audience)
    .setExpirationTime("12 hours")
    .sign(new TextEncoder().encode(host.secret));
  return { name, token };
}
