/// <reference types="vite/client" />

// The part of the official client that the pages use.
declare module "phoenix" {
  export interface SocketOptions {
    params?: Record<string, string> | (() => Record<string, string>);
    authToken?: string;
    reconnectAfterMs?: (tries: number) => number;
  }
  export class Socket {
    constructor(path: string, options?: SocketOptions);
    connect(): void;
    disconnect(done?: () => void): void;
    isConnected(): boolean;
    onOpen(then: () => void): string;
    onClose(then: (event: CloseEvent) => void): string;
    onError(then: (error: unknown) => void): string;
    channel(topic: string, params?: object | (() => object)): Channel;
  }
  export interface Push {
    receive(status: "ok" | "error" | "timeout", then: (response: never) => void): Push;
  }
  export class Channel {
    state: string;
    topic: string;
    join(): Push;
    leave(): Push;
    push(event: string, payload: object, timeout_ms?: number): Push;
    canPush(): boolean;
    on(event: string, then: (payload: never) => void): number;
    onError(then: (reason: unknown) => void): number;
    onClose(then: () => void): number;
  }
  export interface PresenceEntry {
    metas: Record<string, unknown>[];
  }
  export class Presence {
    constructor(channel: Channel);
    onSync(then: () => void): void;
    list<Row>(choose: (key: string, entry: PresenceEntry) => Row): Row[];
  }
}
