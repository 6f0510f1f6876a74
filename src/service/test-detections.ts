/** Runs the tests that detections carry, each in a database of its own. */
import type { Config } from '../config/index.ts';
import { type Content, type ContentProblem, type DetectionTestResult, runDetectionTests } from '../detect/index.ts';
import { loadDetections } from './content.ts';
import { silentLogger, silentMetrics } from './silence.ts';
import { SEARCH_TIME_ZONE } from './time-window.ts';
import { compileVolumeRules, VolumeControl } from './volume-rules.ts';
import { openWorkbench } from './workbench.ts';

export interface TestRequest {
  readonly paths: readonly string[] | undefined;
  readonly strictSplunk: boolean;
  /** A configuration whose volume rules the events pass first, with its geo database; undefined: all are stored. */
  readonly config?: Config | undefined;
  /** As of WorkbenchOptions; undefined is that of `config`. */
  readonly geoDatabase?: string | undefined;
  /** As of a ContentRequest. */
  readonly onShipped?: (message: string) => void;
}

/** Rows a tested search may give; more would be a mistake in the test. */
const maxRows = 100_000;

/** Files that could not be taken first, then one result per test. */
export async function testDetections(
  request: TestRequest,
): Promise<{ readonly problems: readonly ContentProblem[]; readonly results: AsyncIterable<DetectionTestResult> }> {
  const content = await loadDetections({ paths: request.paths, onShipped: request.onShipped });
  const volume = request.config && volumeControl(request.config, content);
  const results = runDetectionTests({
    detections: content.detections,
    macros: content.macros,
    lookups: content.lookups,
    fieldRules: content.fieldRules,
    strictSplunk: request.strictSplunk,
    timeZone: SEARCH_TIME_ZONE,
    maxRows,
    async openSandbox() {
      const workbench = await openWorkbench({
        geoDatabase: request.geoDatabase ?? request.config?.storage.geoDatabase,
      });
      return {
        database: workbench.database,
        async load({ data, source, sourcetype, index, host, cluster }) {
          const metadata = {
            ...(source === null ? {} : { source }),
            ...(sourcetype === null ? {} : { sourcetype }),
            ...(index === null ? {} : { index }),
            ...(host === null ? {} : { host }),
          };
          await workbench.load([data], {
            metadata,
            volume,
            ...(cluster === null ? {} : { cluster }),
            onProblem(message) {
              throw new Error(message);
            },
          });
        },
        close: () => workbench.close(),
      };
    },
  });
  return { problems: content.problems, results };
}

function volumeControl({ volume, spl }: Config, { macros, fieldRules }: Content): VolumeControl {
  const rules = compileVolumeRules(volume.rules, { macros, fieldRules, limits: spl.limits });
  return new VolumeControl(rules, { logger: silentLogger, metrics: silentMetrics, now: Date.now });
}
