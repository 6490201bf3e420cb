// The dispatcher's API as the host reaches it: through nginx, on 127.0.0.1, with the bearer token.
import { ask } from "./http.ts";
import type { World } from "./world.ts";

export interface ListedPurchaseOrder {
  readonly number: string;
  readonly supplier: string;
  readonly state: string;
  readonly acknowledgement: string | null;
}

export async function listPurchaseOrders({ consolePort, secrets }: World): Promise<readonly ListedPurchaseOrder[]> {
  const headers = { authorization: `Bearer ${secrets.token}` };
  const answer = await ask({ port: consolePort, path: "/api/purchase-orders" }, { headers });
  if (answer.status !== 200) {
    throw new Error(`GET /api/purchase-orders: ${answer.status} ${answer.body.slice(0, 300)}`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own tests look after its shape
  return (JSON.parse(answer.body) as { purchaseOrders: ListedPurchaseOrder[] }).purchaseOrders;
}

export const basic = (user: string, password: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});
