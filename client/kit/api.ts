import type { UserId } from "#wire/ids.ts";

import { MessageIds } from "../net/uuid.ts";

interface ApiOptions {
  /** Parley's address, such as "https://chat.example.org". */
  readonly url: string;
  readonly token: () => string | Promise<string>;
}

/** What the server said instead of an answer: RFC 9457, with a code of the closed table. */
class ApiProblem extends Error {
  override name = "ApiProblem";
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code = "", detail = "" }: { code?: string; detail?: string }) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** A page of a list: `after` (or for messages `before`) is given back for the next one, null at the end. */
type Page = Readonly<Record<string, unknown>>;

/**
 * The same things over HTTP alone, for a page or a program that wants to ask rather than to listen. Shapes are those of
 * `/openapi.json`. A "no" rejects with an `ApiProblem`.
 */
export function api({ url, token }: ApiOptions) {
  const ids = new MessageIds(Date.now);
  const address = url.replace(/\/+$/, "");
  const ask = async (method: string, path: string, body?: object): Promise<Page> => {
    const response = await fetch(`${address}/api/v1${path}`, {
      method,
      credentials: "omit",
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = response.status === 204 ? {} : ((await response.json()) as Page);
    if (!response.ok) throw new ApiProblem(response.status, answer);
    return answer;
  };
  const withQuery = (path: string, query: Readonly<Record<string, unknown>>): string => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
  };

  return {
    /** Channels of the caller with last message and unread count, newest activity first. */
    channels: (query: { after?: string; limit?: number; textId?: string } = {}) =>
      ask("GET", withQuery("/channels", query)),
    /** The direct channel with somebody; made at the first call. */
    direct: (user: UserId | number) => ask("POST", "/channels", { kind: "direct", user }),
    messages: (channel: number, query: { before?: number; limit?: number } = {}) =>
      ask("GET", withQuery(`/channels/${channel}/messages`, query)),
    /** Stores a message. Give the id to repeat it after an answer that did not come: it stays one message. */
    send: (channel: number, body: string, clientMessageId = ids.next()) =>
      ask("POST", `/channels/${channel}/messages`, { clientMessageId, body }),
    /** Everything up to this address was read. */
    read: (channel: number, seq: number) =>
      ask("PUT", `/channels/${channel}/pointers`, { readSeq: seq, deliveredSeq: seq }),
    typing: (channel: number, typing = true) =>
      ask("POST", `/channels/${channel}/typing`, { typing }),
    unread: () => ask("GET", "/unread"),
    online: () => ask("GET", "/users/online"),
  };
}
