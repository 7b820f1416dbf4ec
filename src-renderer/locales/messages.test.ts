/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { ko } from './ko.ts';

const FILES = import.meta.glob<string>(['../**/*.{ts,vue}', '!../**/*.test.ts', '!../locales/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Keys that are put together from a value: each start, and every value that follows it. */
const COMPOSED: Record<string, readonly string[]> = {
  'labs.': ['beginner', 'intermediate', 'advanced'],
  'signal.': ['pass', 'fail', 'error', 'not-run', 'passText', 'failText', 'errorText', 'not-runText'],
  'track.': [
    ...['noClient', 'clientNotReady', 'noService', 'noSelector', 'matchesNothing', 'noSlice', 'noneReady'],
    ...['allTerminating', 'noAddress', 'wrongPort', 'noNamedPort', 'client', 'dns', 'endpoints'],
  ],
  'bench.': ['terminals', 'yaml', 'resources', 'events', 'logs'],
  'yaml.': ['created', 'configured', 'unchanged', 'deleted', 'error', 'warning'],
  'resources.': ['Pod', 'Service', 'EndpointSlice', 'Deployment', 'Config', 'Node'],
  'status.': ['none', 'creating', 'cancelling', 'ready', 'unreachable', 'gone', 'deleting', 'failed'],
  'making.': ['pending', 'running', 'done', 'failed'],
  'capability.': ['loadBalancer', 'ingress', 'hostPorts', 'realSourceIp'],
  'existing.': ['to-make', 'ours', 'prepared', 'taken'],
  'reach.': ['not-published', 'no-local-endpoint'],
  'panels.terminal_': ['connecting', 'open', 'closed'],
};

function entriesOf(messages: Record<string, Record<string, string>>): [string, string][] {
  return Object.entries(messages).flatMap(([area, texts]) =>
    Object.entries(texts).map(([key, text]): [string, string] => [`${area}.${key}`, text]),
  );
}

describe('the words of the interface', () => {
  it('are the same ones in both languages', () => {
    expect(entriesOf(ko).map(([key]) => key)).toEqual(entriesOf(en).map(([key]) => key));
  });

  it('name the same values in both languages', () => {
    const korean = new Map(entriesOf(ko));
    const namesIn = (text: string): string[] =>
      [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
    for (const [key, text] of entriesOf(en))
      expect(namesIn(korean.get(key) ?? ''), key).toEqual(namesIn(text));
  });

  it('are all used', () => {
    const source = Object.values(FILES).join('\n');
    const composed = new Set(
      Object.entries(COMPOSED).flatMap(([start, ends]) => ends.map((end) => `${start}${end}`)),
    );
    const unused = entriesOf(en)
      .map(([key]) => key)
      .filter((key) => !source.includes(`'${key}'`) && !composed.has(key));
    expect(unused).toEqual([]);
    for (const start of Object.keys(COMPOSED)) expect(source).toContain(`\`${start}\${`);
  });
});
