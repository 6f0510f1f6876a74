/** The doctor's report, from a running service or of a database that none has open. */

import { defaultSchedulerSettings, installLookups } from '../../detect/index.ts';
import { callServer } from '../call-server.ts';
import { compileContent } from '../content.ts';
import { openWorkbench } from '../workbench.ts';
import { examine } from './doctor.ts';
import type { DoctorReport } from './report.ts';

export type { DoctorReport, SourceOfEvents, Symptom } from './report.ts';

/** Rejects with RetryableError where the service cannot be reached or is not ready, PermanentError where it refuses. */
export async function askDoctorOfServer(server: string, token: string | undefined): Promise<DoctorReport> {
  return (await callServer({ server, token, method: 'GET', path: '/api/v1/doctor' })) as DoctorReport;
}

/** `detections`: files and folders; undefined is what ships; `onShipped` as of a ContentRequest. Rejects where another process has the database. */
export async function askDoctorOfDatabase(
  database: string,
  detections: readonly string[] | undefined,
  onShipped?: (message: string) => void,
): Promise<DoctorReport> {
  const content = await compileContent({ paths: detections, strictSplunk: false, onShipped }, 'session');
  const workbench = await openWorkbench({ database, mustExist: true });
  try {
    // Fields that the content looks up are read from these tables.
    await installLookups(workbench.database, content.content.lookups.values());
    return await examine({
      database: workbench.database,
      content,
      limits: defaultSchedulerSettings,
      running: null,
      signal: new AbortController().signal,
    });
  } finally {
    await workbench.close();
  }
}
