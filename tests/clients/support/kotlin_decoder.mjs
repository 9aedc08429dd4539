/// How JavaPhoenixClient (Kotlin) reads a text frame: it cuts the first four elements at commas,
/// strips quotes without unescaping, and parses only what is left, minus the closing bracket.
/// Whatever this returns is what every Android app out there sees.
export function kotlin_decode(text) {
  let rest = text.slice(1);
  const cut = () => {
    const element = rest.slice(0, rest.indexOf(","));
    rest = rest.slice(element.length + 1);
    return element === "null" ? null : element.replaceAll("\"", "");
  };
  const [join_ref, ref, topic, event] = [cut(), cut(), cut(), cut()];
  return [join_ref, ref, topic, event, JSON.parse(rest.slice(0, -1))];
}
