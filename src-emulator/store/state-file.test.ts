import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createStateFileWriter, readStateFile } from './state-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the state file', () => {
  it('is written once for many changes, and private', async () => {
    const clock = new VirtualClock();
    const path = join(folder, 'deeper', 'state.json');
    let value = 0;
    const writer = createStateFileWriter({ path, clock, state: () => ({ value }) });
    for (value = 1; value < 5; value++) writer.changed();
    expect(existsSync(path)).toBe(false);
    await clock.advance(200);
    expect(readStateFile(path, clock)).toEqual({ value: { value: 5 } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('holds the last change after close', () => {
    const clock = new VirtualClock();
    const path = join(folder, 'state.json');
    const writer = createStateFileWriter({ path, clock, state: () => 'last' });
    writer.changed();
    writer.close();
    writer.changed();
    expect(readStateFile(path, clock).value).toBe('last');
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('is set aside and named when it cannot be understood', () => {
    const clock = new VirtualClock(1234);
    const path = join(folder, 'state.json');
    writeFileSync(path, '{"half":');
    const result = readStateFile(path, clock);
    expect(result.value).toBeUndefined();
    expect(result.setAside?.path).toBe(`${path}.corrupt-1234`);
    expect(readFileSync(`${path}.corrupt-1234`, 'utf8')).toBe('{"half":');
  });

  it('may be missing', () => {
    expect(readStateFile(join(folder, 'none'), new VirtualClock())).toEqual({ value: undefined });
  });
});
