// The official Phoenix client with promises around it.
import { type Channel, type Push, Socket } from "phoenix";

/// lost: there is no socket. connecting: there is one, and the page's main channel is not joined yet.
export type State = "connecting" | "live" | "lost";

type Params = Record<string, string>;

/// One WebSocket; it reconnects by itself, and its channels rejoin.
export class Server {
  readonly socket: Socket;
  private state: State = "connecting";
  private is_stopped = false;
  private readonly listeners = new Set<(state: State) => void>();
  private readonly refusal_listeners = new Set<() => void>();

  /// `params` are asked again for every socket.
  constructor(options: { key?: string; params?: () => Params } = {}) {
    this.socket = new Socket("/socket", {
      ...(options.key !== undefined && { authToken: options.key }),
      ...(options.params !== undefined && { params: options.params }),
      reconnectAfterMs: (tries) => [100, 250, 500, 1000, 2000][tries - 1] ?? 3000,
    });
    this.socket.onOpen(() => this.become("connecting"));
    this.socket.onClose(() => this.become("lost"));
    this.socket.connect();
  }

  on_state(tell: (state: State) => void): void {
    this.listeners.add(tell);
    tell(this.state);
  }

  /// The server does not know our key. Told once.
  on_refused(tell: () => void): void {
    this.refusal_listeners.add(tell);
  }

  /// Joins. The page is live while its main channel is joined: on an open socket alone it hears nothing.
  join(channel: Channel, is_main = false): Push {
    const join = channel.join();
    join.receive("error", ({ reason }: { reason?: string }) => reason === "unauthorized" && this.refuse());
    if (is_main) {
      join.receive("ok", () => this.become("live"));
      channel.onError(() => this.become(this.socket.isConnected() ? "connecting" : "lost"));
    }
    return join;
  }

  /// Joins, and hears `event` until leave().
  watch<News>(topic: string, event: string, hear: (news: News) => void): Channel {
    const channel = this.socket.channel(topic, {});
    channel.on(event, hear as (payload: never) => void);
    this.join(channel);
    return channel;
  }

  /// With what the parameters are now.
  reconnect(): void {
    this.socket.disconnect();
    this.socket.connect();
  }

  /// For good.
  stop(): void {
    this.become("lost");
    this.is_stopped = true;
    this.socket.disconnect();
  }

  private refuse(): void {
    if (!this.is_stopped) this.refusal_listeners.forEach((tell) => tell());
  }

  private become(state: State): void {
    if (this.is_stopped || state === this.state) return;
    this.state = state;
    this.listeners.forEach((tell) => tell(state));
  }
}

/// Resolves to the response; rejects with the server's reason. Waits for the channel to be joined.
export function push<Response>(channel: Channel, event: string, payload: object): Promise<Response> {
  return new Promise((resolve, reject) => {
    channel
      .push(event, payload)
      .receive("ok", (response: Response) => resolve(response))
      .receive("error", (response: { reason?: string }) => reject(new Error(response.reason ?? "refused")))
      .receive("timeout", () => reject(new Error("no answer within ten seconds")));
  });
}

export const is_joined = (channel: Channel): boolean => channel.canPush();

/// The same, but now or never: an order that is carried out when somebody comes back is nobody's order.
export function push_now<Response>(channel: Channel, event: string, payload: object): Promise<Response> {
  if (!is_joined(channel)) return Promise.reject(new Error("not connected to the server; nothing was sent"));
  return push(channel, event, payload);
}

/// A command of the control socket, on a system channel; now or never. Workers that did not answer the server are
/// listed beside the result, and here in it.
export async function command<Result extends object>(channel: Channel, name: string, payload: object): Promise<Result> {
  const { result, ...beside } = await push_now<{ result: Result }>(channel, name, payload);
  return { ...result, ...beside };
}
