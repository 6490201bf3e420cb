// Fuzzing: what hostile or broken senders could send, and what must never come of it.
//
//   seed and number → case → the real thing, in a process of its own → report → problems
export { hostileFile } from "./fuzz/files.ts";
export { fuzzRequests } from "./fuzz/fuzz-requests.ts";
export { startIngest } from "./fuzz/ingest-target.ts";
export { caseRandom } from "./fuzz/mutation.ts";
export { FUZZ_HELP, readFuzzOptions, type FuzzOptions } from "./fuzz/options.ts";
export { hostilePayload } from "./fuzz/payloads.ts";
export { problemsOf, type Finding, type PartReport } from "./fuzz/report.ts";
export { serveCases, type CaseTarget, type CaseWatch } from "./fuzz/serve-cases.ts";
export { runWatched } from "./fuzz/watched-child.ts";
