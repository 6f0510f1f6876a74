import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDetections } from '../../src/service/content.ts';
import { findShipped, packageFile } from '../../src/service/package-files.ts';

const repository = resolve(import.meta.dirname, '../..');

test('a file of the package is found whatever its name holds', () => {
  expect(packageFile('config/detections')).toBe(join(repository, 'config/detections'));
  expect(packageFile('#mine?')).toBe(join(repository, '#mine?'));
});

describe('a path of content', () => {
  const find = (written: string | undefined, shipped: string) => {
    const told: string[] = [];
    return { found: findShipped(written, shipped, (message) => told.push(message)), told };
  };
  const elsewhere = 'config/not-in-this-folder';

  test('that is there is taken as it is, written or not', () => {
    for (const written of ['config/detections', undefined]) {
      expect(find(written, 'config/detections')).toEqual({ found: 'config/detections', told: [] });
    }
  });

  test('that is a default and not there is the shipped one, and told where it was written', () => {
    const own = join(repository, elsewhere);
    expect(find(undefined, elsewhere)).toEqual({ found: own, told: [] });
    expect(find(elsewhere, elsewhere)).toEqual({
      found: own,
      told: [`${elsewhere}: found nothing there, so what ships with Pintail is taken: ${own}`],
    });
  });

  test('that is a default, written and not there stays missing where nobody hears of another', () => {
    expect(findShipped(elsewhere, elsewhere, undefined)).toBe(elsewhere);
  });

  test('that is no default is never taken from the package', () => {
    expect(existsSync(join(repository, 'config/demo'))).toBe(true);
    expect(find('src/../config/nothing', 'config/detections')).toEqual({ found: 'src/../config/nothing', told: [] });
  });
});

test('content that is not there is a problem that names its path', async () => {
  const told: string[] = [];
  const { detections, problems } = await loadDetections({
    paths: ['my/detections'],
    macros: 'my/macros.yaml',
    onShipped: (message) => told.push(message),
  });
  expect(detections).toEqual([]);
  expect(problems).toEqual([
    { file: 'my/detections', line: null, message: 'file: expected to exist, found nothing there.' },
    { file: 'my/macros.yaml', line: null, message: 'file: expected to exist, found nothing there.' },
  ]);
  expect(told).toEqual([]);
});
