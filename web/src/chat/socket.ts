// The chat's socket: no key, but a session of its own, so that a short loss is no absence, and the name that is chosen.
import { Server } from "../shared/server";
import { own_name, session_id } from "./identity";

export const chat_server = (): Server => new Server({ params: () => ({ sid: session_id(), user: own_name() }) });
