/** How many are generated: so many, and a tenth of them in `npm run test:quick`. */
export const cases = (whole: number): number => (process.env.SOH_TEST_QUICK === undefined ? whole : whole / 10);
