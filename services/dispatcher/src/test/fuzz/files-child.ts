// The process in which files are fuzzed.
import { serveCases } from "@soh/simulators/fuzz";
import { createFilesTarget } from "./files.ts";

await serveCases((job, watch) => createFilesTarget(job.seed, watch));
