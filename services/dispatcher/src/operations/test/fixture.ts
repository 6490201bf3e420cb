// The operations server on real things: the dispatcher of ../../test/world.ts (a SQLite file, suppliers that speak FTPS),
// queues in the test run's Redis, and requests through the server's own stack.
import { Secret } from "@soh/shared/config";
import { WEBHOOKS_QUEUE } from "@soh/shared/jobs";
import { createLogger } from "@soh/shared/logger";
import { checkDurability } from "@soh/shared/redis";
import { Queue } from "bullmq";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { inject } from "vitest";
import { createWorld, type Process, type World, type Yaml } from "../../test/world.ts";
import { connectRedis } from "../../runtime/redis.ts";
import { createOperations, type Operations, type OperationsOptions } from "../server.ts";

export const PASSWORD = "correct horse battery";
export const TOKEN = "token-of-a-machine";
export const basic = (user = "operator", password = PASSWORD): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
export const bearer = (token = TOKEN): string => `Bearer ${token}`;
export const asOperator = { authorization: basic() };
export const asProgram = { authorization: bearer() };

export interface Fixture {
  readonly world: World;
  readonly dispatcher: Process;
  readonly operations: Operations;
  readonly webhooks: Queue;
  readonly deliveries: Queue;
  /** What was given to handOver, in order. */
  readonly handedOver: string[];
  /** With the password, as a person in a browser reads a page. */
  page(path: string): Promise<LightMyRequestResponse>;
  /** With the token. */
  get(path: string): Promise<LightMyRequestResponse>;
  post(path: string, body?: Record<string, unknown>): Promise<LightMyRequestResponse>;
  request(options: InjectOptions): Promise<LightMyRequestResponse>;
  stop(): Promise<void>;
}

/** `edit`: changes the configuration. */
export async function startFixture(
  over: Partial<OperationsOptions> = {},
  edit: (yaml: Yaml) => Yaml = (yaml) => yaml,
): Promise<Fixture> {
  const world = await createWorld();
  const config = world.configure({}, edit);
  const dispatcher = await world.start({ config });
  const redis = connectRedis(`${inject("redisUrl")}/${process.env.VITEST_POOL_ID}`, "worker", () => {});
  await redis.flushdb();
  const webhooks = new Queue(WEBHOOKS_QUEUE, { connection: redis });
  const deliveries = new Queue("deliver.agriest", { connection: redis });
  const handedOver: string[] = [];
  const operations = await createOperations({
    database: dispatcher.database,
    config,
    password: new Secret(PASSWORD),
    apiToken: new Secret(TOKEN),
    logger: createLogger({ service: "test", level: "silent" }),
    queues: { webhooks, others: [deliveries] },
    readiness: async () => (await checkDurability(redis)).problems,
    actions: dispatcher.features.actions,
    // Looked after once a second; here before each look.
    alerts: {
      list: async (how) => {
        await dispatcher.features.alerts.sweep();
        return await dispatcher.features.alerts.list(how);
      },
    },
    handOver: (purchaseOrders) => {
      handedOver.push(...purchaseOrders);
      return Promise.resolve();
    },
    ...over,
  });
  const request = async (options: InjectOptions): Promise<LightMyRequestResponse> => await operations.http.inject(options);
  return {
    world,
    dispatcher,
    operations,
    webhooks,
    deliveries,
    handedOver,
    request,
    page: (url) => request({ method: "GET", url, headers: asOperator }),
    get: (url) => request({ method: "GET", url, headers: asProgram }),
    post: (url, body) => request({ method: "POST", url, headers: asProgram, ...(body === undefined ? {} : { payload: body }) }),
    async stop() {
      await operations.close();
      await Promise.all([webhooks.close(), deliveries.close()]);
      await redis.quit();
      await world.stop();
    },
  };
}
