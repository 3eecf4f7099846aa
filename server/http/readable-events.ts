import { decodeAnswers } from "#wire/codec.ts";
import type { Answer } from "#wire/event.ts";
import type { ChannelId } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";
import { isoOf, isoOrNull, messageJson } from "./chat-json.ts";

export const readableEventNames = [
  "connected",
  "message",
  "typing",
  "read_receipt",
  "presence",
  "heartbeat",
  "error",
] as const;

interface Said {
  readonly event: (typeof readableEventNames)[number];
  readonly data: unknown;
}

/** What a person at a terminal, or an `EventSource`, is told of an answer of the wire; most of it is for clients that keep cursors. */
function saidOf(answer: Answer): Said[] {
  switch (answer.op) {
    case "welcome":
      return [{ event: "connected", data: { user: answer.user, now: isoOf(answer.now) } }];
    case "interval":
      return answer.rows.flatMap((row) =>
        row.kind === "message" && row.body && row.version === row.entity
          ? { event: "message", data: messageJson(answer.stream as ChannelId, row as MessageRow) }
          : [],
      );
    case "typingChanged": {
      const { channel, user, typing } = answer;
      return [{ event: "typing", data: { channel, user, typing } }];
    }
    case "pointers":
      return answer.pointers.map((pointer) => ({
        event: "read_receipt",
        data: { channel: answer.channel, ...pointer },
      }));
    case "presence":
      return answer.people.map(({ lastSeenAt, ...person }) => ({
        event: "presence",
        data: { ...person, lastSeenAt: isoOrNull(lastSeenAt) },
      }));
    case "refusal":
      return [{ event: "error", data: { code: answer.code, detail: answer.detail } }];
    default:
      return [];
  }
}

const textOf = ({ event, data }: Said): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A frame of `parley.v1.json` as events by name; undefined where it tells a person nothing. */
export function readableEvents(frame: string): string | undefined {
  const said = decodeAnswers(frame).flatMap(saidOf);
  return said.length === 0 ? undefined : said.map(textOf).join("");
}

export const heartbeatEvent = (nowMs: number): string =>
  textOf({ event: "heartbeat", data: { now: isoOf(nowMs) } });
