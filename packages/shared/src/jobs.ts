// The queues. Names and payloads are what the two services agree on; every payload carries a version.

/** Filled by ingest, emptied by the dispatcher's intake. */
export const WEBHOOKS_QUEUE = "webhooks";

/** The name of the one kind of job in it. Its data is a WebhookEnvelope. */
export const WEBHOOK_JOB = "webhook";
