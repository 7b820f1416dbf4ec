import { join } from 'node:path';
import { settingsSchema, type Settings } from '#shared/contract.ts';
import { JsonFile } from './json-file.ts';

const DEFAULT_SETTINGS: Settings = { theme: 'system', layout: {} };

/** The learner's settings, `settings.json` in the data folder. */
export function openSettings(directory: string): Promise<JsonFile<Settings>> {
  return JsonFile.open({
    path: join(directory, 'settings.json'),
    schema: settingsSchema,
    initial: DEFAULT_SETTINGS,
  });
}
