import type { SignedIn } from "./start-server.ts";

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- A test reads what it expects.
  readonly json: any;
}

/** Somebody who speaks with the server by HTTP alone, as a program does. */
export class RestClient {
  readonly #url: string;
  readonly #token: string | undefined;
  /** Sent with everything. */
  headers: Record<string, string> = {};

  constructor({ url }: { readonly url: string }, me?: Pick<SignedIn, "token">) {
    this.#url = url;
    this.#token = me?.token;
  }

  get = (path: string): Promise<RestAnswer> => this.call("GET", path);
  post = (path: string, body: unknown): Promise<RestAnswer> => this.call("POST", path, body);
  put = (path: string, body: unknown): Promise<RestAnswer> => this.call("PUT", path, body);
  patch = (path: string, body: unknown): Promise<RestAnswer> => this.call("PATCH", path, body);
  delete = (path: string): Promise<RestAnswer> => this.call("DELETE", path);

  async call(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...this.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      json: isJson ? JSON.parse(text) : text,
    };
  }
}
