// .env as docker-compose reads it, so that a secret is the same with and without containers. Node's own reader knows no
// escaped quote, and a shell would run what stands in it. Plain JavaScript: the launcher imports it.

/**
 * Between single quotes all is as it stands, but \' is a quote; between double quotes \\, \" and \$ are escapes; without
 * quotes a value ends at " #". A line that is none of these is left out.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function readEnvFile(text) {
  const values = {};
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (found) {
      const value = valueOf(found[2] ?? "");
      if (value !== undefined) {
        values[found[1]] = value;
      }
    }
  }
  return values;
}

function valueOf(raw) {
  const single = /^'((?:[^'\\]|\\.)*)'\s*(?:#.*)?$/.exec(raw);
  if (single) {
    return single[1].replaceAll("\\'", "'");
  }
  const double = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(raw);
  if (double) {
    return double[1].replaceAll(/\\([\\"$])/g, "$1");
  }
  return /^['"]/.test(raw) ? undefined : raw.replace(/(?:^|\s+)#.*$/, "").trim();
}
