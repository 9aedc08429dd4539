// Who we are to the server. A one-time link in the address is exchanged for a key; the key lives as long as this tab,
// and is lent to other tabs of the same origin that ask for it. It is never in an address.
export type Role = "none" | "viewer" | "admin";
export interface Session {
  key: string;
  role: Role;
  chaos_enabled: boolean;
  workers: number;
}
interface Answer {
  role: Role;
  key?: string;
  chaos_enabled: boolean;
  workers: number;
}

const kept_as = "lintel.key";
const lend_wait_ms = 150; // another tab of this browser answers in a few
const others = new BroadcastChannel("lintel.session");

others.addEventListener("message", ({ data }: MessageEvent<{ wants?: boolean; forget?: string }>) => {
  const key = sessionStorage.getItem(kept_as);
  if (key === null) return;
  if (data.wants === true) others.postMessage({ key });
  if (data.forget === undefined) return;
  forget();
  if (data.forget !== key) void end(key); // a key of its own
  sign_out_listeners.forEach((tell) => tell());
});

const sign_out_listeners = new Set<() => void>();

/// Another tab has signed out, and this one with it.
export function on_signed_out(tell: () => void): void {
  sign_out_listeners.add(tell);
}

function borrow(): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(null), lend_wait_ms);
    const hear = ({ data }: MessageEvent<{ key?: string }>): void => {
      if (typeof data.key === "string") done(data.key);
    };
    const done = (key: string | null): void => {
      clearTimeout(timer);
      others.removeEventListener("message", hear);
      resolve(key);
    };
    others.addEventListener("message", hear);
    others.postMessage({ wants: true });
  });
}

/// Taken out of the address and out of the history at once, whether it is good or not.
function take_link(): string | null {
  const link = new URLSearchParams(location.hash.slice(1)).get("link");
  if (link !== null) history.replaceState(null, "", location.pathname);
  return link;
}

/// What the server says to this token, key or link. Null: nothing to us. Throws when it cannot be asked.
export async function sign_in(token: string): Promise<Session | null> {
  const response = await fetch("/session", { headers: { Authorization: `Bearer ${token}` } });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const answer = (await response.json()) as Answer;
  const key = answer.key ?? token;
  sessionStorage.setItem(kept_as, key);
  return { key, role: answer.role, chaos_enabled: answer.chaos_enabled, workers: answer.workers };
}

/// The server does not know the key.
export function forget(): void {
  sessionStorage.removeItem(kept_as);
}

// Whoever has kept a copy of it has nothing. A server that is not there has forgotten it anyway.
async function end(key: string): Promise<void> {
  const how = { method: "DELETE", headers: { Authorization: `Bearer ${key}` }, keepalive: true };
  await fetch("/session", how).catch(() => undefined);
}

/// In all tabs of this browser, and on the server.
export function sign_out(): void {
  const key = sessionStorage.getItem(kept_as);
  forget();
  if (key === null) return;
  others.postMessage({ forget: key });
  void end(key);
}

/// Another tab was slow to lend its key, or has got one by now. Told once, with a key that is good.
export function on_lent(tell: (session: Session) => void): void {
  const hear = ({ data }: MessageEvent<{ key?: string }>): void => {
    if (typeof data.key !== "string" || sessionStorage.getItem(kept_as) !== null) return;
    sign_in(data.key).then(
      (session) => {
        if (session === null) return;
        others.removeEventListener("message", hear);
        tell(session);
      },
      () => undefined,
    );
  };
  others.addEventListener("message", hear);
}

/// What there was to enter with, and did not open.
export type Refused = "link" | "key" | null;
export interface Entry {
  session: Session | null;
  refused: Refused;
}

/// By link, by the key that this tab has, by that of another tab; in this order.
export async function enter(): Promise<Entry> {
  const link = take_link();
  const offers = [async () => link, async () => sessionStorage.getItem(kept_as), borrow];
  let refused: Refused = null;
  for (const offer of offers) {
    const token = await offer();
    if (token === null) continue;
    const session = await sign_in(token);
    if (session !== null) return { session, refused: null };
    refused ??= token === link ? "link" : "key";
  }
  forget();
  return { session: null, refused };
}
