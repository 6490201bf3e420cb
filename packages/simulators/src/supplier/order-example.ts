// An <Order> for tests, valid against order-xml.xsd unless a test makes it otherwise.

export interface ExampleContent {
  readonly number?: string;
  readonly version?: number;
  readonly purpose?: string;
  readonly shopOrder?: string;
  readonly sku?: string;
  readonly description?: string;
  readonly quantity?: string;
}

/** Text goes in as it is, so that a test can put wrong XML there. */
export function orderXml(content: ExampleContent = {}): string {
  const {
    number = "SE1001-1",
    version = 1,
    purpose = "original",
    shopOrder = "#1001",
    sku = "AGR-100",
    description = "Rotule",
    quantity = "2",
  } = content;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Order version="1">
  <Number>${number}</Number>
  <DocumentVersion>${version}</DocumentVersion>
  <Purpose>${purpose}</Purpose>
  <Kind>dropship</Kind>
  <Test>false</Test>
  <IssuedAt>2026-12-01T10:00:00Z</IssuedAt>
  <OrderedAt>2026-12-01T09:59:00Z</OrderedAt>
  <ShopOrder>${shopOrder}</ShopOrder>
  <Buyer><Name>Sermat Équipement</Name></Buyer>
  <Supplier><Name>Agriest</Name></Supplier>
  <Customer><Name>Jeanne Moreau</Name><Email></Email></Customer>
  <Products>
    <Product line="1"><SKU>${sku}</SKU><Description>${description}</Description><Quantity>${quantity}</Quantity></Product>
  </Products>
</Order>
`;
}
