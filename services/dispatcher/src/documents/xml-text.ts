/**
 * Text that XML 1.0 can carry: control characters, lone surrogates and two noncharacters are illegal in it even as
 * references (https://www.w3.org/TR/xml/#charsets) and are left out; everything else stays. Line ends become \n first, as
 * every XML reader makes them anyway: so one that stands alone stays one, whatever is left out beside it.
 */
export const xmlText = (text: string): string => text.replace(/\r\n?/g, "\n").replace(ILLEGAL, "");

/** With the u flag a lone surrogate is a code point of its own, and none of these. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
