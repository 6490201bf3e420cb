/** To be raised after the commit. */
export interface PlanAlert {
  readonly kind: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}
