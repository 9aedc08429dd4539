// The chat's socket: no key, but a session of its own, so that a short loss is no absence.
import { Server } from "../shared/server";
import { session_id } from "./identity";

export const chat_server = (): Server => new Server({ params: { sid: session_id() } });
