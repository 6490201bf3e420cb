// The key of a state: most of an exploration's time goes into making these texts, and looking for them.
const codes = new Map<unknown, number>();
const written: number[] = [];

/** One character for each value, whatever its kind. Texts, numbers, true and false, null and undefined: few are different. */
export function put(value: unknown): void {
  let code = codes.get(value);
  if (code === undefined) {
    code = codes.size;
    codes.set(value, code);
  }
  written.push(code);
}

/** As many as there are, so that no two lists are spelled alike. */
export function putAll(values: readonly unknown[]): void {
  put(values.length);
  for (const value of values) {
    put(value);
  }
}

/** What was put since the last. */
export function takeKey(): string {
  const key = String.fromCharCode(...written);
  written.length = 0;
  return key;
}
