// Who is typing in this tab. Each tab is somebody else, so that one person can try several.
const names = [
  "Ada",
  "Alan",
  "Barbara",
  "Claude",
  "Dennis",
  "Donald",
  "Edsger",
  "Frances",
  "Grace",
  "Hedy",
  "Jean",
  "Joe",
  "Ken",
  "Leslie",
  "Lynn",
  "Margaret",
  "Mike",
  "Radia",
  "Robert",
  "Robin",
  "Shafi",
  "Sophie",
  "Tony",
  "Ursula",
];
const kept_as = "lintel.chat.name";
const sid_kept_as = "lintel.chat.sid";
export const name_max = 24;

function random_name(): string {
  return `${names[Math.floor(Math.random() * names.length)] ?? "Ada"} ${Math.floor(Math.random() * 90) + 10}`;
}

export function own_name(): string {
  const kept = sessionStorage.getItem(kept_as);
  if (kept !== null) return kept;
  const made = random_name();
  keep_name(made);
  return made;
}

export function keep_name(name: string): void {
  sessionStorage.setItem(kept_as, name.trim().slice(0, name_max));
}

const tabs = new BroadcastChannel("lintel.chat.tabs");
const answer_ms_max = 120; // another tab of this browser answers in a few

tabs.addEventListener("message", ({ data }: MessageEvent<{ claims?: string }>) => {
  if (data.claims !== undefined && data.claims === sessionStorage.getItem(sid_kept_as))
    tabs.postMessage({ taken: data.claims });
});

/// A tab that was duplicated has its twin's storage: it becomes somebody else, or the two would take the session from
/// each other for ever. Before anything else.
export async function be_alone(): Promise<void> {
  const claimed = sessionStorage.getItem(sid_kept_as);
  if (claimed === null) return;
  const is_taken = new Promise<boolean>((resolve) => {
    tabs.addEventListener("message", ({ data }: MessageEvent<{ taken?: string }>) => {
      if (data.taken === claimed) resolve(true);
    });
    setTimeout(() => resolve(false), answer_ms_max);
  });
  tabs.postMessage({ claims: claimed });
  if (!(await is_taken)) return;
  sessionStorage.removeItem(sid_kept_as);
  sessionStorage.removeItem(kept_as);
}

/// Hard to guess. crypto.randomUUID() would be shorter, and is there on https:// and localhost only.
export const random_id = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(36).padStart(2, "0")).join("");

/// Names this tab's session across sockets: who comes back with it has not been away.
export function session_id(): string {
  const kept = sessionStorage.getItem(sid_kept_as);
  if (kept !== null) return kept;
  const made = random_id();
  sessionStorage.setItem(sid_kept_as, made);
  return made;
}

/// The same colour for a name everywhere.
export function hue_of(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3600;
  return Math.round(sum / 10);
}
