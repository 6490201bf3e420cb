/**
 * V8 flags that every Node process of this project runs with, in the images as on this machine. `process.exit` waits for
 * V8's compiler threads, and a thread that compiles in the background may itself wait for a garbage collection of the
 * main thread: then the process never ends (https://github.com/nodejs/node/issues/64274, open in Node 24 and 26). Without
 * these two compilers no thread asks for memory while it compiles. NODE_OPTIONS does not take V8's flags, so they stand in
 * each command line: of the Dockerfile, docker-compose.yml, services/dispatcher/bin/soh and scripts/run.mjs, which cannot
 * import this.
 */
export const NODE_FLAGS: readonly string[] = ["--no-maglev", "--no-concurrent-sparkplug", "--max-semi-space-size=8"];
