import { inbox } from "./inbox.mjs";
import { phoenix_channel, presence_class } from "./phoenix_client.mjs";

const refs_in = ({ metas }) => metas.map((meta) => meta.phx_ref);

/// A stock client in a room, with the stock Presence class on its channel.
export class presence_member {
  /// What the application is told: {what: "join" | "leave", key, metas}.
  changes;
  #synced;

  /// `params` are the join's; a function is asked at every join, as the client does it.
  static async join(version, client, topic, params = {}) {
    const member = new presence_member(await presence_class(version), client, topic, params);
    member.joined = await member.room.join();
    return member;
  }

  constructor(Presence, client, topic, params) {
    this.client = client;
    this.room = new phoenix_channel(client.socket.channel(topic, params));
    this.changes = new inbox(`${topic} presence`);
    this.#synced = new inbox(`${topic} presence list`);
    this.presence = new Presence(this.room.channel);
    this.presence.onJoin((key, _, { metas }) => this.changes.put({ what: "join", key, metas }));
    this.presence.onLeave((key, _, { metas }) => this.changes.put({ what: "leave", key, metas }));
    this.presence.onSync(() => this.#synced.put(this.list()));
  }

  /// {"alice": [metas]}, in the order of their keys, with the refs.
  list() {
    return Object.fromEntries(this.presence.list((key, { metas }) => [key, metas]).sort());
  }

  /// {"alice": ["ref"]}.
  refs() {
    return Object.fromEntries(this.presence.list((key, entry) => [key, refs_in(entry)]).sort());
  }

  /// Waits until the list is of these users, each with so many metas: {alice: 2, bob: 1}.
  async sees(users) {
    const wanted = JSON.stringify(Object.entries(users).sort());
    const counts = (list) => JSON.stringify(Object.entries(list).map(([key, metas]) => [key, metas.length]));
    while (counts(this.list()) !== wanted)
      await this.#synced.next(`list of ${wanted}, has ${counts(this.list())}`);
  }

  next_change(what, key) {
    return this.changes.next(`${what} of ${key}`, (change) => change.what === what && change.key === key);
  }

  track(meta) {
    return this.room.push("presence", { type: "presence", event: "track", payload: meta });
  }

  untrack() {
    return this.room.push("presence", { type: "presence", event: "untrack" });
  }
}
