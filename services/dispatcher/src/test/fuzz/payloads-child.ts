// The process in which payloads are fuzzed.
import { serveCases } from "@soh/simulators/fuzz";
import { createPayloadsTarget } from "./payloads.ts";

await serveCases((job, watch) => createPayloadsTarget(job.seed, watch));
