// The official Phoenix client with promises around it.
import { Channel, Socket } from "phoenix";

export type State = "connecting" | "open" | "lost";

/// One WebSocket; it reconnects by itself.
export class Server {
  readonly socket: Socket;
  private state: State = "connecting";
  private readonly listeners = new Set<(state: State) => void>();

  constructor(options: { key?: string; params?: Record<string, string> } = {}) {
    this.socket = new Socket("/socket", {
      ...(options.key !== undefined && { authToken: options.key }),
      ...(options.params !== undefined && { params: options.params }),
      reconnectAfterMs: (tries) => [100, 250, 500, 1000, 2000][tries - 1] ?? 3000,
    });
    this.socket.onOpen(() => this.become("open"));
    this.socket.onClose(() => this.become("lost"));
    this.socket.connect();
  }

  on_state(tell: (state: State) => void): void {
    this.listeners.add(tell);
    tell(this.state);
  }

  /// Joins, and hears `event` until leave().
  watch<News>(topic: string, event: string, hear: (news: News) => void): Channel {
    const channel = this.socket.channel(topic, {});
    channel.on(event, hear as (payload: never) => void);
    channel.join();
    return channel;
  }

  private become(state: State): void {
    this.state = state;
    this.listeners.forEach((tell) => tell(state));
  }
}

/// Resolves to the response; rejects with the server's reason.
export function push<Response>(channel: Channel, event: string, payload: object): Promise<Response> {
  return new Promise((resolve, reject) => {
    channel
      .push(event, payload)
      .receive("ok", (response: Response) => resolve(response))
      .receive("error", (response: { reason?: string }) => reject(new Error(response.reason ?? "refused")))
      .receive("timeout", () => reject(new Error("no answer within ten seconds")));
  });
}

/// A command of the control socket, on a system channel.
export const command = async <Result>(channel: Channel, name: string, payload: object): Promise<Result> =>
  (await push<{ result: Result }>(channel, name, payload)).result;
