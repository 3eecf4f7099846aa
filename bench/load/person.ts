/** Somebody who can come in. */
export interface Person {
  readonly name: string;
  readonly token: string;
}

/** How a server gets people whom it did not have. */
export interface People {
  add(name: string): Promise<Person>;
}
