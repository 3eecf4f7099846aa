import type { Frame } from "#wire/codec.ts";
import { type Encoding, Session, type SessionSocket } from "../session/session.ts";

/** The engine's side of a socket that leads nowhere: what was sent, and how much of it a test says is still waiting. */
class LoneSocket implements SessionSocket {
  readonly sent: Frame[] = [];
  readonly topics = new Set<string>();
  waitingBytes = 0;
  accepts = true;
  closedWith: [number, string] | undefined;

  send(frame: Frame): number {
    if (!this.accepts) return 0;
    this.sent.push(frame);
    return this.waitingBytes > 0 ? -1 : frame.length;
  }
  subscribe(topic: string): void {
    this.topics.add(topic);
  }
  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }
  bufferedBytes(): number {
    return this.waitingBytes;
  }
  close(code: number, reason: string): void {
    this.closedWith = [code, reason];
  }
}

/** A session whose socket leads nowhere; `topics` are those that it is subscribed to. */
export function loneSession(encoding: Encoding = "binary") {
  const socket = new LoneSocket();
  const topicOf = (topic: string): string => `${topic}:json`;
  const session = new Session(socket, { encoding, nowMs: 0, topicOf });
  return { session, socket, topics: socket.topics };
}
