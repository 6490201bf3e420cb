// Which test files begin first. Vitest goes by size where it has no times of an earlier run; begun last, one of these would keep
// everybody waiting for it alone.
import { BaseSequencer, type TestSpecification } from "vitest/node";

const LONG = [
  "dispatcher/src/app.test.ts",
  "scripts/launcher.test.ts",
  "deliveries/batch-model.test.ts",
  "deliveries/model.test.ts",
  "cli/catalogue.test.ts",
  "transports/ftp.contract.test.ts",
  "inbound/poll.test.ts",
  "cli/process.test.ts",
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((end) => moduleId.endsWith(end));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
