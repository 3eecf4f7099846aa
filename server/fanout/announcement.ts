import { encodeAnswer } from "#wire/codec.ts";
import type { Interval } from "#wire/event.ts";
import type { Seq, StreamId } from "#wire/ids.ts";
import { isRemoval } from "./cut.ts";

/** One interval on its way between workers: a fixed header, and the frame that every socket gets untouched. */
export interface Announcement {
  readonly stream: StreamId;
  readonly from: Seq;
  readonly through: Seq;
  /** Its user joined or left a channel, or is shown otherwise: who delivers it looks into the rows. */
  readonly personal: boolean;
  /** Somebody is no member any more: who delivers it takes the channel from their sockets first. Its only rows are such removals. */
  readonly removal: boolean;
  readonly frame: Uint8Array;
}

const headerBytes = 25; // Three numbers of eight bytes and the flags.
const flags = { personal: 1, removal: 2 } as const;

/** Header and frame in bytes of their own. Numbers travel as float64, exact below 2^53. */
export function encodeAnnouncement(announcement: Announcement): Uint8Array {
  const bytes = new Uint8Array(headerBytes + announcement.frame.byteLength);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, announcement.stream);
  view.setFloat64(8, announcement.from);
  view.setFloat64(16, announcement.through);
  view.setUint8(
    24,
    (announcement.personal ? flags.personal : 0) | (announcement.removal ? flags.removal : 0),
  );
  bytes.set(announcement.frame, headerBytes);
  return bytes;
}

/** An interval as it is announced: its rows say what whoever delivers it has to look at. */
export function announcementOf(interval: Interval): Announcement {
  const { stream, from, through, rows } = interval;
  return {
    stream,
    from,
    through,
    personal: rows.some(({ kind }) => kind === "membership" || kind === "profile"),
    removal: rows.some(isRemoval),
    frame: encodeAnswer({ op: "interval", ...interval }),
  };
}

/** The frame is a view of the same bytes. */
export function decodeAnnouncement(bytes: Uint8Array): Announcement {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    stream: view.getFloat64(0) as StreamId,
    from: view.getFloat64(8),
    through: view.getFloat64(16),
    personal: (view.getUint8(24) & flags.personal) !== 0,
    removal: (view.getUint8(24) & flags.removal) !== 0,
    frame: bytes.subarray(headerBytes),
  };
}
