import type { ReadonlySignal } from "@preact/signals";

import type { RefusalCode } from "#wire/codes.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { ChannelKind, MemberRole, Profile, Shown, Status, SystemRole } from "#wire/row.ts";

/** Who is signed in on this page. */
export interface Me {
  readonly id: UserId;
  readonly name: string;
  readonly email: string | null;
  readonly role: SystemRole;
}

/**
 * How the page stands to the server.
 *
 * `quiet` is the first 1.5 s of a break, in which nothing is shown; `restored` lasts 1.5 s after one that was shown.
 */
export type Link =
  | { readonly state: "connecting" | "open" | "quiet" | "offline" | "restored" }
  | { readonly state: "waiting"; readonly retryAtMs: number }
  | { readonly state: "outdated" }
  | { readonly state: "signed_out"; readonly why: "nobody" | "expired" | "inactive" | "left" };

export interface Presence {
  readonly online: boolean;
  /** Milliseconds since the epoch; nil where nobody knows. */
  readonly lastSeenAt: number | null;
  /** Online, and nobody is at any device. */
  readonly away: boolean;
}

export interface PersonLine extends Presence {
  readonly id: UserId;
  readonly name: string;
  readonly role: SystemRole;
}

/** A channel's line in the list. Of a direct channel `name` is the other person's. */
export interface ChannelLine {
  readonly id: ChannelId;
  readonly textId: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly peer: ({ readonly id: UserId } & Presence) | null;
  /** One's own role in it. */
  readonly role: MemberRole;
  readonly last: {
    readonly body: string;
    readonly mine: boolean;
    /** Of somebody else's message, where the line's name does not say it already. */
    readonly author: string | null;
    readonly atMs: number;
  } | null;
  readonly unread: number;
}

/** Where one's own message stands: in the outbox, refused, committed, on a device of every recipient, or read by every one of them. */
export type Delivery =
  | { readonly state: "sending"; readonly sinceMs: number }
  | { readonly state: "refused"; readonly code: RefusalCode }
  | { readonly state: "stored" | "delivered" | "read" };

/** What became of one message at one recipient; a time is null where it has not happened, or is no longer known. */
export interface Receipt {
  readonly id: UserId;
  readonly name: string;
  readonly state: "read" | "delivered" | "stored";
  readonly atMs: number | null;
}

export interface ShownMessage {
  /** Stays the same from the first painting on: the client's id of the message. */
  readonly key: string;
  /** 0 while it has none. */
  readonly seq: Seq;
  readonly author: { readonly id: UserId; readonly name: string };
  readonly mine: boolean;
  readonly body: string;
  readonly deleted: boolean;
  readonly edited: boolean;
  readonly atMs: number;
  readonly delivery: Delivery;
}

/** Somebody in a channel, as the panel of its members lists them. */
export interface MemberLine extends Omit<PersonLine, "role"> {
  readonly role: MemberRole;
}

/** What the conversation pane shows of the open channel. */
export interface Conversation {
  readonly channel: ChannelLine;
  /** Oldest first; one's own unsent ones stand last, in the order in which they were written. */
  readonly messages: readonly ShownMessage[];
  /** `unknown` until the first page is there. */
  readonly older: "unknown" | "some" | "loading" | "failed" | "none";
  readonly loaded: boolean;
  readonly typing: readonly { readonly id: UserId; readonly name: string }[];
  /** The address after which messages were unread when the channel was opened: where the "New" line stands. */
  readonly newAfter: Seq | null;
  /** Of a large channel how many of its members are online; nil where nobody tells. */
  readonly online: number | null;
  /** Members as far as this page knows of them, and the number of the newest change among them. */
  readonly members: { readonly count: number; readonly version: Seq };
}

/** What a person could not do, and what to do about it. */
export interface Trouble {
  readonly code: RefusalCode | "offline" | "not_found";
}

/**
 * Everything the views know. Signals only; views read them and call the functions, and know neither sockets nor frames.
 * Functions that ask the server resolve to a `Trouble` where it says no, and never reject.
 */
export interface Model {
  readonly me: ReadonlySignal<Me | undefined>;
  readonly link: ReadonlySignal<Link>;
  /** This network lets no WebSocket through: all goes over HTTP, which serves as well and costs more. */
  readonly isStreamed: ReadonlySignal<boolean>;
  /** Sorted by activity, newest first. `undefined` until the first `caughtUp`. */
  readonly channels: ReadonlySignal<readonly ChannelLine[] | undefined>;
  readonly unreadTotal: ReadonlySignal<number>;
  /** `missing`: there is no such channel for this person. */
  readonly conversation: ReadonlySignal<Conversation | "missing" | undefined>;

  openChannel(textId: string): void;
  closeChannel(): void;
  loadOlder(): Promise<Trouble | undefined>;
  /** Paints at once, keeps in the outbox, sends when it can. */
  say(channel: ChannelId, body: string): void;
  retry(key: string): void;
  discard(key: string): void;
  /** Called at every keystroke; repeats and stops by itself (T2, T3). */
  types(channel: ChannelId): void;
  /** A message of the open channel was seen in a focused window. */
  saw(channel: ChannelId, seq: Seq): void;
  /** Who has one's own message, and since when: readers first, the earliest of them first. */
  receipts(channel: ChannelId, seq: Seq): Promise<readonly Receipt[] | Trouble>;
  draftOf(channel: ChannelId): string;
  keepDraft(channel: ChannelId, body: string): void;
  people(
    query: string,
    after: string | null,
  ): Promise<{ people: readonly PersonLine[]; after: string | null } | Trouble>;
  /** Live presence of people that were listed. */
  presence(user: UserId): ReadonlySignal<Presence>;
  /** What they say of themselves, until it has passed. */
  status(user: UserId): ReadonlySignal<Status | null>;
  /** What one says of oneself, and how others see one. */
  readonly profile: ReadonlySignal<Profile>;
  /** `until` is in milliseconds since the epoch; nil where that is open. */
  setStatus(text: string, until: number | null): Promise<Trouble | undefined>;
  clearStatus(): Promise<Trouble | undefined>;
  /** Of what `profile` does not say already; resolves when it does. */
  setShown(shown: Shown): Promise<Trouble | undefined>;
  /** Creates the direct channel on demand, and resolves to its text id. */
  startDirect(user: UserId): Promise<string | Trouble>;
  /** Resolves to the new group's text id. `id` is made once per wish, so that a wish whose answer got lost can be asked again. */
  createGroup(
    id: string,
    name: string,
    users: readonly UserId[],
  ): Promise<{ textId: string } | Trouble>;
  newGroupId(): string;
  renameGroup(channel: ChannelId, name: string): Promise<Trouble | undefined>;
  addMembers(channel: ChannelId, users: readonly UserId[]): Promise<Trouble | undefined>;
  /** Oneself: leaves. */
  removeMember(channel: ChannelId, user: UserId): Promise<Trouble | undefined>;
  setRole(channel: ChannelId, user: UserId, role: MemberRole): Promise<Trouble | undefined>;
  deleteGroup(channel: ChannelId): Promise<Trouble | undefined>;
  members(
    channel: ChannelId,
    after: string | null,
  ): Promise<{ members: readonly MemberLine[]; count: number; after: string | null } | Trouble>;
  reconnectNow(): void;
  signOut(): Promise<void>;
  /** For polite announcement: the newest message that came in from somebody else. */
  readonly heard: ReadonlySignal<{ author: string; body: string; channel: ChannelId } | undefined>;
}

/** The account pages' questions to the server, by HTTP. A problem carries the code and the sentence of the server. */
export interface Accounts {
  instance(): Promise<{ name: string; version: string; setUp: boolean } | Problem>;
  setUp(details: NewAccount): Promise<Me | Problem>;
  signIn(details: { email: string; password: string }): Promise<Me | Problem>;
  lookAtInvitation(code: string): Promise<{ invitedBy: string; instance: string } | Problem>;
  accept(details: NewAccount): Promise<Me | Problem>;
  resetPassword(details: { code: string; password: string }): Promise<Me | Problem>;
  invite(terms: { usesMax: number; expiresInHours: number }): Promise<Invitation | Problem>;
  invitations(): Promise<readonly Invitation[] | Problem>;
  revoke(invitation: string): Promise<Problem | undefined>;
  /** Where one is signed in, the latest used first. */
  devices(): Promise<readonly Device[] | Problem>;
  endDevice(device: string): Promise<Problem | undefined>;
  endOtherDevices(): Promise<Problem | undefined>;
  /** The people of the example; nobody where it is not loaded. */
  demo(): Promise<readonly DemoPerson[] | Problem>;
  loadDemo(): Promise<readonly DemoPerson[] | Problem>;
  removeDemo(): Promise<Problem | undefined>;
  /** Of one of its people a link to sign in by, once. */
  demoLink(person: UserId): Promise<DemoLink | Problem>;
  enterDemo(code: string): Promise<Me | Problem>;
}

/** A session of one's own. */
export interface Device {
  readonly id: string;
  /** The one that asks. */
  readonly isThis: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** What its browser calls itself, and the address that it last came from; empty where that is not known. */
  readonly agent: string;
  readonly address: string;
}

export interface DemoPerson {
  readonly id: UserId;
  readonly name: string;
}

/** Known only to the answer that made it: the server keeps no plain code. */
export interface DemoLink {
  readonly link: string;
  readonly expiresAt: string;
}

export interface NewAccount {
  code: string;
  name: string;
  email: string;
  password: string;
}

export interface Invitation {
  readonly id: string;
  /** Only in the answer that made it: the server keeps no plain code. */
  readonly link?: string;
  readonly usesMax: number;
  readonly uses: number;
  readonly expiresAt: string;
}

export interface Problem {
  readonly problem: string;
  readonly status: number;
  readonly detail: string;
  readonly field?: string;
  readonly retryAfterSeconds?: number;
}
