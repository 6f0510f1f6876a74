/** The shipped detections under other names and on another schedule, as many as are wanted. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const SHIPPED = new URL('../config/detections/', import.meta.url);

export interface CopiesSchedule {
  readonly cron: string;
  readonly earliest: string;
  readonly latest: string;
}

/** Writes them into the folder, which it makes. */
export async function writeDetectionCopies(folder: string, count: number, schedule: CopiesSchedule): Promise<void> {
  const files = (await readdir(SHIPPED)).filter((name) => name.endsWith('.yml')).sort();
  const shipped = await Promise.all(
    files.map(async (name) => parse(await readFile(new URL(name, SHIPPED), 'utf8')) as Record<string, unknown>),
  );
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const { tests, ...detection } = shipped[index % shipped.length] ?? {};
    const number = String(index + 1).padStart(3, '0');
    const copy = {
      ...detection,
      name: `${detection.name} ${number}`,
      id: `${detection.id}-${number}`,
      deployment: {
        scheduling: {
          cron_schedule: schedule.cron,
          earliest_time: schedule.earliest,
          latest_time: schedule.latest,
        },
      },
    };
    await writeFile(join(folder, `copy_${number}.yml`), stringify(copy));
  }
}
