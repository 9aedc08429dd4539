// What the server publishes on its system topics: docs/protocol.md, "System topics".
export interface Alarm {
  alarm: string;
  source: string;
  since_seconds: number;
  waiting?: number;
  ends_within_seconds?: number;
}
export interface TreeNode {
  id: string;
  kind: string;
  status: string;
  incarnation: number;
  restarts: number;
  mailbox: number;
  count?: number | null; // null: its worker does not answer
  child_restarts?: number;
  restarts_per_minute: number;
  alarms: Alarm[];
  children: TreeNode[];
}
export interface TreeNews {
  tree: TreeNode;
  workers_not_answering?: number[];
}
export interface Times {
  count: number;
  p50_us: number;
  p99_us: number;
  max_us: number;
}
export type Counters = Record<string, number>;
export interface Metrics {
  counters: Counters;
  clock_ms: number;
  connections_open: number | null;
  rooms: number | null;
  requests_in_flight: number;
  outbox_bytes: number | null;
  resident_bytes: number;
  cpu_seconds: number;
  classes: Record<string, { queue: Times; handler: Times }>;
  workers: { lag: Times; lag_now?: Times }[];
  restarts_per_minute: number;
}
/// What is measured every second, as the server keeps it; counters since its start.
export interface MetricsSample {
  clock_ms: number;
  connections_open: number | null;
  rooms: number | null;
  deliveries: number;
  messages_in: number;
  restarts: number;
  resident_bytes: number;
  cpu_seconds: number;
  outbox_bytes: number | null;
  lag_p50_us: number | null;
  lag_p99_us: number | null;
}
export interface MetricsHistory {
  interval_ms: number;
  samples: MetricsSample[];
}
export interface ActorEvent {
  event: "spawn" | "restart" | "exit";
  id: string;
  incarnation: number;
  reason?: string;
}
export interface EventBatch {
  spawned: number;
  restarted: number;
  exited: number;
  events: ActorEvent[];
}
export interface Recovery {
  count: number;
  p50_ns: number;
  p99_ns: number;
  max_ns: number;
  buckets: [number, number][];
}
export interface Chaos {
  rate: number;
  began_at_ms: number | null;
  kills?: number;
  crashes?: number;
  restarts?: number;
  gave_up?: number;
  abandoned?: number;
  sockets_closed_by_server?: number;
  messages_in?: number;
  deliveries?: number;
  closed?: Record<string, number>;
  recovery?: Recovery;
}
export interface Frame {
  way: "in" | "out";
  at_ms: number;
  topic: string;
  event: string;
  ref: string;
  bytes: number;
}
export interface ConnectionRow {
  id: string;
  user: string | null;
  rooms: string[];
  wire: string;
  status: string;
  incarnation: number;
  mailbox: number;
  inbound_window: number;
  uptime_seconds: number;
  outbox_bytes: number;
  outbox_frames: number;
  restarts_left: number;
  reading_paused: boolean;
  last_exit?: string;
}
export interface RoomRow {
  id: string;
  members: number;
  status?: string;
  incarnation: number;
  mailbox: number;
}
/// What the question `actor` is answered with. Which members there are depends on the kind, and on what is known.
export interface Actor extends Partial<ConnectionRow> {
  id: string;
  status: string;
  kind?: string;
  restarts?: number;
  children?: number | null; // null: their worker does not answer
  incarnation_seconds?: number; // of a connection, whose uptime is that of its socket
  members?: number;
  offset?: number;
  offsets?: Record<string, number>; // of joined rooms that keep what is said
  last_kinds?: string[]; // newest last
  frames?: Frame[];
  workers_not_answering?: number[];
}
export interface Sample {
  group: string;
  connections?: ConnectionRow[];
  rooms?: RoomRow[];
  workers_not_answering?: number[];
}
export interface Found {
  text: string;
  scanned: number;
  open: number;
  connections: ConnectionRow[];
  rooms: RoomRow[];
  workers_not_answering?: number[];
}

export const is_connection_id = (name: string): boolean => /^c\d+-\d+-\d+$/.test(name);

/// Everything that a tree has, parents before children.
export function* all_nodes(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* all_nodes(child);
}

/// The groups whose children are too many to be listed, in the tree's order.
export const groups_of = (tree: TreeNode, kind: "connections" | "rooms"): TreeNode[] =>
  [...all_nodes(tree)].filter((node) => node.kind === kind);
