// What was said, acknowledged, stored and heard: does it agree? Jepsen's set and queue checkers, for topics with
// offsets. It is told, and judges; it talks to nobody.

const samples_max = 3;
const recover_count_max = 300; // messages one join can recover: actors/room_history.hpp

/// What can be wrong, in the order in which it is shown.
export const violations = {
  lost: "acknowledged messages that are not stored",
  unanswered: "pushes that were never answered",
  moved: "acknowledged with one offset, stored with another",
  stored_twice: "keys stored twice",
  offset_reused: "offsets that two keys had",
  hole: "holes between stored offsets",
  publisher_order: "messages stored out of their publisher's order",
  refused_stored: "refused messages that are stored",
  heard_unstored: "heard live, but not stored",
  gap: "gaps without recovered: false",
  duplicate: "offsets heard twice",
  reordered: "offsets heard out of order",
  wrong_recovery: "joins recovered from elsewhere than asked, or not although they could be",
  deaf: "members that did not hear the newest message",
};

export class delivery_checker {
  #rooms = new Map();
  #pushes = new Map(); // room and key → {room, key, t_invoke, t_ack, offset, reason}
  #members = new Map(); // member and room → {epoch, next, since}
  #found = new Map(Object.keys(violations).map((kind) => [kind, { count: 0, samples: [] }]));
  recoveries = 0;
  gaps_told = 0;
  deliveries = 0;

  /// `is_recoverable`: whether a member that missed so many messages of a room must be able to get them.
  constructor({ is_recoverable = (_room, missed) => missed <= recover_count_max } = {}) {
    this.is_recoverable = is_recoverable;
  }

  invoked(room, key, t = performance.now()) {
    const push = this.#pushes.get(`${room} ${key}`);
    if (push === undefined) this.#pushes.set(`${room} ${key}`, { room, key, t_invoke: t });
  }

  acknowledged(room, key, offset, t = performance.now()) {
    const push = this.#pushes.get(`${room} ${key}`);
    if (push.offset !== undefined && push.offset !== offset)
      this.#note("stored_twice", `${room} ${key}: acknowledged as ${push.offset}, then as ${offset}`);
    Object.assign(push, { offset, t_ack: t, reason: undefined });
  }

  /// Answered with an error, and not tried again.
  refused(room, key, reason) {
    Object.assign(this.#pushes.get(`${room} ${key}`), { reason });
  }

  /// The answer to a join. `asked`: the position {epoch, offset} that it named, or null.
  joined(member, room, asked, { epoch, offset, recovered, count }) {
    const before = this.#members.get(`${member} ${room}`);
    const from = recovered ? offset - count : offset;
    if (asked !== null) this.#judge_recovery(member, room, asked, { epoch, offset, recovered, from });
    if (before !== undefined && !recovered && (before.epoch !== epoch || before.next <= offset)) this.gaps_told++;
    if (recovered) this.recoveries++;
    const goes_on = before?.epoch === epoch && before.next === from + 1;
    this.#members.set(`${member} ${room}`,
      { member, room, epoch, next: from + 1, since: goes_on ? before.since : from + 1 });
  }

  #judge_recovery(member, room, asked, { epoch, offset, recovered, from }) {
    const who = `${member} in ${room}`;
    const is_same = asked.epoch === epoch;
    if (recovered && (!is_same || from !== asked.offset))
      this.#note("wrong_recovery", `${who}: asked since ${asked.offset}, got what follows ${from}`);
    if (!recovered && is_same && asked.offset <= offset && this.is_recoverable(room, offset - asked.offset))
      this.#note("wrong_recovery", `${who}: ${offset - asked.offset} messages since ${asked.offset} were refused`);
  }

  /// The stream begins again, and the member was told so.
  reset(member, room, epoch) {
    this.#members.set(`${member} ${room}`, { member, room, epoch, next: 1, since: 1 });
  }

  /// It hears no more, and that is as it should be.
  parted(member, room) {
    this.#members.delete(`${member} ${room}`);
  }

  received(member, room, offset, key) {
    this.deliveries++;
    const it = this.#members.get(`${member} ${room}`);
    const where = `${member} in ${room}`;
    if (it === undefined) return this.#note("gap", `${where}: heard ${offset} without having joined`);
    this.#pair(room, it.epoch, offset, key);
    if (offset < it.next)
      return this.#note(offset >= it.since ? "duplicate" : "reordered", `${where}: ${offset} after ${it.next - 1}`);
    if (offset > it.next) {
      this.#note("gap", `${where}: ${offset} after ${it.next - 1}`);
      it.since = offset;
    }
    it.next = offset + 1;
  }

  /// What the server's history says: [{offset, key}], all of one epoch, in its order. May be told again, and in parts.
  /// What lies before the first offset of all parts is not kept any more.
  stored(room, epoch, entries) {
    const stream = this.#stream(room, epoch);
    let before = null;
    for (const { offset, key } of entries) {
      if (before !== null && offset !== before + 1) this.#note("hole", `${room}: ${offset} follows ${before}`);
      before = offset;
      this.#pair(room, epoch, offset, key);
      const elsewhere = stream.stored_at.get(key);
      if (elsewhere !== undefined && elsewhere !== offset)
        this.#note("stored_twice", `${room} ${key}: ${elsewhere} and ${offset}`);
      stream.stored_at.set(key, offset);
      stream.first = Math.min(stream.first, offset);
      stream.last = Math.max(stream.last, offset);
    }
  }

  /// Everything up to here is known to be stored; the next page begins behind it.
  last_stored(room, epoch) {
    return this.#stream(room, epoch).last;
  }

  /// What an offset held, as far as anybody told; undefined: nobody did.
  key_at(room, epoch, offset) {
    return this.#stream(room, epoch).key_at.get(offset);
  }

  epochs(room) {
    return [...(this.#rooms.get(room)?.keys() ?? [])];
  }

  /// Acknowledged so far, in the order in which it was invoked.
  acknowledgements() {
    return [...this.#pushes.values()].filter(({ t_ack }) => t_ack !== undefined);
  }

  /// Those of the acknowledged `pushes` that are not stored, as far as stored() was told.
  lost_of(pushes) {
    return pushes.filter(({ room, key }) => ![...this.#rooms.get(room)?.values() ?? []]
      .some(({ stored_at }) => stored_at.has(key)));
  }

  /// Once all is quiet, and stored() has been told of everything. `ignores`: kinds that do not apply.
  verdict() {
    for (const push of this.#pushes.values()) this.#judge_push(push);
    for (const [room, streams] of this.#rooms)
      for (const stream of streams.values()) this.#judge_stream(room, stream);
    for (const { member, room, epoch, next } of this.#members.values())
      if (next <= this.#stream(room, epoch).last)
        this.#note("deaf", `${member} in ${room}: ${next - 1} of ${this.#stream(room, epoch).last}`);
    const pushes = [...this.#pushes.values()];
    return { pushes: pushes.length, acknowledged: pushes.filter(({ t_ack }) => t_ack !== undefined).length,
      refused: pushes.filter(({ reason }) => reason !== undefined).length, deliveries: this.deliveries,
      recoveries: this.recoveries, gaps_told: this.gaps_told,
      violations: Object.fromEntries(this.#found) };
  }

  #judge_push({ room, key, t_ack, offset, reason }) {
    const streams = [...this.#rooms.get(room)?.values() ?? []];
    const at = streams.map(({ stored_at }) => stored_at.get(key)).find((found) => found !== undefined);
    const is_kept = streams.every(({ first }) => first === Infinity || offset >= first);
    if (t_ack !== undefined) {
      if (at === undefined && is_kept) this.#note("lost", `${room} ${key}, acknowledged as ${offset}`);
      else if (at !== undefined && at !== offset) this.#note("moved", `${room} ${key}: ${offset} and ${at}`);
    } else if (reason === undefined) {
      this.#note("unanswered", `${room} ${key}`);
    } else if (at !== undefined) {
      this.#note("refused_stored", `${room} ${key}: ${reason}, but stored as ${at}`);
    }
  }

  #judge_stream(room, { stored_at, key_at, first, last }) {
    if (last - first + 1 !== stored_at.size && last > 0)
      this.#note("hole", `${room}: ${stored_at.size} messages from ${first} to ${last}`);
    for (const [offset, key] of key_at)
      if ((last === 0 || offset >= first) && stored_at.get(key) !== offset)
        this.#note("heard_unstored", `${room} ${offset} ${key}`);
    const newest = new Map(); // of each publisher
    for (const [key] of [...stored_at].sort(([, a], [, b]) => a - b)) {
      const [publisher, n] = [key.slice(0, key.lastIndexOf(".")), Number(key.slice(key.lastIndexOf(".") + 1))];
      if (n < (newest.get(publisher) ?? -1))
        this.#note("publisher_order", `${room}: ${key} behind ${publisher}.${newest.get(publisher)}`);
      newest.set(publisher, n);
    }
  }

  #stream(room, epoch) {
    if (!this.#rooms.has(room)) this.#rooms.set(room, new Map());
    const streams = this.#rooms.get(room);
    if (!streams.has(epoch))
      streams.set(epoch, { key_at: new Map(), stored_at: new Map(), first: Infinity, last: 0 });
    return streams.get(epoch);
  }

  /// An offset has one key, whoever tells of it.
  #pair(room, epoch, offset, key) {
    const { key_at } = this.#stream(room, epoch);
    const known = key_at.get(offset);
    if (known === undefined) key_at.set(offset, key);
    else if (known !== key) this.#note("offset_reused", `${room} ${offset}: ${known} and ${key}`);
  }

  #note(kind, text) {
    const found = this.#found.get(kind);
    found.count++;
    if (found.samples.length < samples_max) found.samples.push(text);
  }
}
