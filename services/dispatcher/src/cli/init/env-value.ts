/**
 * A value as .env holds it, so that docker-compose 1.29, docker compose 2 and our launcher (scripts/env-file.mjs) all read
 * the same. Undefined where no way of writing it does: with a line break or ${; or where a backslash stands at the end, before a
 * quote or before another backslash, together with a $ or, at the end, with what needs quotes.
 */
export function envValue(value: string): string | undefined {
  if (/^[A-Za-z0-9_./:@%+,=\\-]*$/.test(value)) {
    return value;
  }
  // docker-compose 1.29 fills ${NAME} in wherever it stands.
  if (/\p{Cc}|\$\{/u.test(value)) {
    return undefined;
  }
  // Between single quotes only \' is an escape to all; docker-compose 1.29 halves \\ there, docker compose 2 does not.
  if (!/\\\\|\\'|\\$/.test(value)) {
    return `'${value.replaceAll("'", "\\'")}'`;
  }
  // Between double quotes docker compose 2 fills $NAME in, and docker-compose 1.29 keeps the backslash of \$ and does not
  // find the end after \\.
  return value.includes("$") || value.endsWith("\\") ? undefined : `"${value.replaceAll(/[\\"]/g, "\\$&")}"`;
}
