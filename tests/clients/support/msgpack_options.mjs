import { decode, encode } from "@msgpack/msgpack";

/// Options that make a stock phoenix Socket speak MessagePack: nothing but its own hooks.
export const msgpack_options = {
  params: { format: "msgpack" },
  encode({ join_ref, ref, topic, event, payload }, done) {
    done(encode([join_ref, ref, topic, event, payload]));
  },
  decode(raw, done) {
    const [join_ref, ref, topic, event, payload] = decode(new Uint8Array(raw));
    done({ join_ref, ref, topic, event, payload });
  },
};
