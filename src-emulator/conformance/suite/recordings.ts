import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatRecording, parseRecording, type Recording } from './recording.ts';
import type { Scenario } from './scenario.ts';

function pathOf(scenario: Scenario): string {
  return fileURLToPath(new URL(`../recordings/${scenario.name}.txt`, import.meta.url));
}

/** What a real cluster answered in this scenario; undefined when it was never asked. */
export function readRecording(scenario: Scenario): Recording | undefined {
  const path = pathOf(scenario);
  return existsSync(path) ? parseRecording(readFileSync(path, 'utf8')) : undefined;
}

export function writeRecording(scenario: Scenario, recording: Recording): void {
  writeFileSync(pathOf(scenario), formatRecording(scenario.title, recording));
}
