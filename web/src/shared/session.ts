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

others.addEventListener("message", ({ data }: MessageEvent<{ wants?: boolean }>) => {
  const key = sessionStorage.getItem(kept_as);
  if (data.wants === true && key !== null) others.postMessage({ key });
});

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

export function sign_out(): void {
  sessionStorage.removeItem(kept_as);
}

export interface Entry {
  session: Session | null;
  had_link: boolean;
}

/// By link, by the key that this tab has, by that of another tab; in this order.
export async function enter(): Promise<Entry> {
  const link = take_link();
  const offers = [async () => link, async () => sessionStorage.getItem(kept_as), borrow];
  for (const offer of offers) {
    const token = await offer();
    const session = token === null ? null : await sign_in(token);
    if (session !== null) return { session, had_link: link !== null };
  }
  sign_out();
  return { session: null, had_link: link !== null };
}
