// All tables, joined from those of each room (tables/). Times are epoch milliseconds, money is decimal text, JSON is text, booleans
// are 0 and 1 (SQLite binds no booleans). What each table is for stands in migrations/.
import type { Kysely, Transaction } from "kysely";
import type { TablesOfAlerts } from "./tables/alerts.ts";
import type { TablesOfAttention } from "./tables/attention.ts";
import type { TablesOfCatalogue } from "./tables/catalogue.ts";
import type { TablesOfDeliveries } from "./tables/deliveries.ts";
import type { TablesOfInbound } from "./tables/inbound.ts";
import type { TablesOfOrders } from "./tables/orders.ts";
import type { TablesOfProcess } from "./tables/process.ts";
import type { TablesOfStock } from "./tables/stock.ts";
import type { TablesOfSuppliers } from "./tables/suppliers.ts";

export interface Tables
  extends
    TablesOfAlerts,
    TablesOfAttention,
    TablesOfCatalogue,
    TablesOfDeliveries,
    TablesOfInbound,
    TablesOfOrders,
    TablesOfProcess,
    TablesOfStock,
    TablesOfSuppliers {}

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;
