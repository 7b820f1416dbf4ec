import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { readStateFile, writeFileAtomically } from './state-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the state file', () => {
  it('is private, and leaves nothing beside it', () => {
    const path = join(folder, 'deeper', 'state.json');
    writeFileAtomically(path, '1');
    writeFileAtomically(path, '2');
    expect(readStateFile(path, new VirtualClock())).toEqual({ value: 2 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['state.json']);
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
