// One room as this tab knows it: its channel, messages, who types, who is there.
import { type Channel, Presence, type Socket } from "phoenix";
import { push } from "../shared/server";
import { random_id } from "./identity";

export interface Message {
  id: string;
  name: string;
  body: string;
  at_ms: number;
  is_own: boolean;
  state: "waiting" | "said" | "failed";
  why?: string;
}
export interface Note {
  note: string;
  at_ms: number;
  kind: "self" | "plain";
}
export type Entry = Message | Note;
export const is_note = (entry: Entry): entry is Note => "note" in entry;

interface Said {
  id: string;
  name: string;
  body: string;
  at_ms: number;
}
interface Stream {
  epoch: string;
  offset: number;
  recovered: boolean;
  count: number;
}
type Position = true | { epoch: string; offset: number };

const kept_entries = 2000;
const typing_shown_ms = 3500;
const typing_sent_every_ms = 2000;
const earlier_shown = 50;

export class Room {
  readonly entries: Entry[] = [];
  people: string[] | null = null; // null: the server keeps no list of this room
  head_count: number | null = null; // of a room that has too many to be listed
  unread = 0;
  sent = 0;
  acknowledged = 0;
  private channel: Channel;
  private position: Position = true;
  private has_asked_for_earlier = false;
  private is_asking_for_earlier = false;
  private readonly known = new Map<string, Message>();
  private readonly typing = new Map<string, number>(); // name → until
  private typing_sent_at = 0;

  constructor(
    private readonly socket: Socket,
    readonly topic: string,
    private readonly name: () => string,
    private readonly changed: () => void,
  ) {
    this.channel = this.open();
  }

  /// Those who typed a moment ago, but not we.
  typists(): string[] {
    const now = Date.now();
    return [...this.typing].filter(([name, until]) => until > now && name !== this.name()).map(([name]) => name);
  }

  say(body: string): void {
    const message: Message = {
      id: random_id(),
      name: this.name(),
      body,
      at_ms: Date.now(),
      is_own: true,
      state: "waiting",
    };
    this.add(message);
    this.typing_sent_at = 0;
    this.send(message);
  }

  send_again(message: Message): void {
    message.state = "waiting";
    this.send(message);
    this.changed();
  }

  note(text: string, kind: Note["kind"] = "plain"): void {
    this.keep({ note: text, at_ms: Date.now(), kind });
    this.changed();
  }

  we_type(): void {
    const now = Date.now();
    if (now - this.typing_sent_at < typing_sent_every_ms) return;
    this.typing_sent_at = now;
    this.channel.push("typing", { name: this.name() });
  }

  leave(): void {
    this.channel.leave();
  }

  /// After leave(), maybe with a new name.
  rejoin(): void {
    this.channel = this.open();
  }

  private open(): Channel {
    const channel = this.socket.channel(this.topic, () => ({
      recover: this.position,
      presence: { key: this.name(), meta: {} },
    }));
    channel.on("new_msg", (said: Said) => this.heard(said));
    channel.on("typing", ({ name }: { name: string }) => {
      this.typing.set(name, Date.now() + typing_shown_ms);
      this.changed();
      setTimeout(() => this.changed(), typing_shown_ms + 50);
    });
    channel.on("presence_count", ({ count }: { count: number }) => {
      this.head_count = count;
      this.changed();
    });
    const presence = new Presence(channel);
    presence.onSync(() => {
      this.head_count = null;
      this.people = presence.list((key) => key).sort((a, b) => a.localeCompare(b));
      this.changed();
    });
    channel.on("stream_reset", ({ epoch, offset }: { epoch: string; offset: number }) => {
      this.position = { epoch, offset };
    });
    this.follow_offsets(channel);
    channel
      .join()
      .receive("ok", ({ stream }: { stream?: Stream }) => this.joined(stream))
      .receive("error", ({ reason }: { reason?: string }) => this.note(`Not in this room: ${reason ?? "refused"}`));
    return channel;
  }

  // The offset of a live message stands where a ref would: "@1042". Rejoining from there loses nothing.
  private follow_offsets(channel: Channel): void {
    const hooked = channel as Channel & { onMessage: (event: string, payload: unknown, ref: unknown) => unknown };
    hooked.onMessage = (_event, payload, ref) => {
      if (typeof ref === "string" && ref.startsWith("@") && this.position !== true)
        this.position.offset = Number(ref.slice(1));
      return payload;
    };
  }

  // The first time a room is entered it begins with what was said before.
  private joined(stream: Stream | undefined): void {
    if (stream === undefined) return;
    const before = this.position;
    this.position = { epoch: stream.epoch, offset: stream.offset - stream.count };
    if (before !== true && !stream.recovered) this.missed(before.epoch === stream.epoch);
    this.is_asking_for_earlier = false;
    if (this.has_asked_for_earlier) return;
    this.has_asked_for_earlier = true;
    if (stream.offset === 0 || this.entries.length > 0) return;
    this.position.offset = Math.max(0, stream.offset - earlier_shown);
    this.is_asking_for_earlier = true;
    this.leave();
    this.rejoin();
  }

  // What cannot be recovered one by one: the newest of it is shown, and that there is a hole.
  private missed(is_same_history: boolean): void {
    if (!this.is_asking_for_earlier)
      this.note(
        is_same_history
          ? "Some messages were missed while you were away."
          : "This room's history began anew while you were away: some messages may have been missed.",
      );
    push<{ messages: { event: string; payload: Said }[] }>(this.channel, "history", { limit: earlier_shown }).then(
      ({ messages }) =>
        messages
          .filter(({ event, payload }) => event === "new_msg" && !this.known.has(payload.id))
          .forEach(({ payload }) => this.heard(payload)),
      () => undefined, // this room keeps none
    );
  }

  private send(message: Message): void {
    ++this.sent;
    const { id, name, body, at_ms } = message;
    push(this.channel, "new_msg", { id, name, body, at_ms }).then(
      () => {
        ++this.acknowledged;
        message.state = "said";
        this.changed();
      },
      (problem: Error) => {
        message.state = "failed";
        message.why = problem.message;
        this.changed();
      },
    );
  }

  private heard(said: Said): void {
    ++this.unread;
    this.typing.delete(said.name);
    const own = this.known.get(said.id);
    if (own !== undefined) own.state = "said";
    else
      this.add({
        id: String(said.id),
        name: String(said.name),
        body: String(said.body),
        at_ms: Number(said.at_ms),
        is_own: false,
        state: "said",
      });
    this.changed();
  }

  private add(message: Message): void {
    this.known.set(message.id, message);
    this.keep(message);
    this.changed();
  }

  private keep(entry: Entry): void {
    this.entries.push(entry);
    if (this.entries.length <= kept_entries) return;
    const gone = this.entries.shift();
    if (gone !== undefined && !is_note(gone)) this.known.delete(gone.id);
  }
}
