// The system topics that the whole page shares, and the commands of an admin.
import type { Channel } from "phoenix";
import { command, is_joined, type Server } from "../shared/server";
import type { Session } from "../shared/session";
import type { Chaos, EventBatch, Metrics, MetricsHistory, TreeNews, TreeNode } from "./views";

type Listener<News> = (news: News) => void;

export class Feed<News> {
  last: News | null = null;
  private readonly listeners: Listener<News>[] = [];
  on(tell: Listener<News>): void {
    this.listeners.push(tell);
    if (this.last !== null) tell(this.last);
  }
  publish(news: News): void {
    this.last = news;
    for (const tell of this.listeners) tell(news);
  }
}

export class Feeds {
  readonly tree = new Feed<TreeNode>();
  readonly metrics = new Feed<Metrics>();
  readonly past = new Feed<MetricsHistory>(); // what there was to measure before we came
  readonly events = new Feed<EventBatch>();
  readonly chaos = new Feed<Chaos>();
  silent_workers: number[] = []; // of which nothing is known now
  private readonly desk: Channel;

  constructor(
    readonly server: Server,
    readonly session: Session,
  ) {
    this.desk = server.socket.channel("$sys:tree", {});
    this.desk.on("tree", ({ tree, workers_not_answering = [] }: TreeNews) => {
      this.silent_workers = workers_not_answering;
      this.tree.publish(tree);
    });
    server.join(this.desk, true);
    const metrics = server.watch<Metrics>("$sys:metrics", "metrics", (news) => this.metrics.publish(news));
    metrics.on("history", (past: MetricsHistory) => this.past.publish(past));
    server.watch<EventBatch>("$sys:actors", "events", (news) => this.events.publish(news));
    server.watch<Chaos>("$sys:chaos", "chaos", (news) => this.chaos.publish(news));
  }

  get may_kill(): boolean {
    return this.session.role === "admin";
  }

  /// Somebody would answer.
  get is_live(): boolean {
    return is_joined(this.desk);
  }

  /// Any command of the control socket (docs/operations.md); rejects with the server's sentence, or at once where there
  /// is no server to hear it.
  ask<Result extends object>(name: string, payload: object = {}): Promise<Result> {
    return command<Result>(this.desk, name, payload);
  }
}
