// How an actor is, as a colour; the word beside it is the server's.
const classes: Record<string, string> = {
  up: "up",
  starting: "busy",
  restarting: "busy",
  waiting: "busy",
  stopping: "busy",
  "backing off": "warn",
  stuck: "stuck",
  "not answering": "stuck",
  abandoned: "abandoned",
  gone: "quiet",
  ended: "quiet",
  stopped: "quiet",
};

export const status_class = (status: string): string => classes[status] ?? "warn";

/// "worker 1 does not answer", or nothing where all do.
export function silent_workers(indices: readonly number[] | undefined): string {
  if (indices === undefined || indices.length === 0) return "";
  return indices.length === 1
    ? `worker ${indices[0]} does not answer`
    : `workers ${indices.join(", ")} do not answer`;
}

/// Topics of the pages themselves are no rooms that one shows or kills.
export const is_system_topic = (topic: string): boolean => topic.startsWith("$sys:");
