/** The parts of the suite that could hide a difference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS } from '../exceptions.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { maskAges } from './columns.ts';
import { compare, withExceptions } from './comparison.ts';
import { exceptionsPage } from './exceptions-page.ts';
import { Normaliser } from './normaliser.ts';
import { PENDING } from './pending.ts';
import { answersOf, formatRecording, parseRecording, toAnswer } from './recording.ts';
import { readRecording } from './recordings.ts';
import { recordedSteps } from './runner.ts';
import { splitWords } from './words.ts';

const FACTS = {
  server: 'https://127.0.0.1:6443',
  nodes: new Map([
    ['worker', { name: 'some-worker', address: '172.18.0.3', gateway: '10.244.1.1' }],
    ['worker2', { name: 'some-worker2', address: '172.18.0.4', gateway: '10.244.2.1' }],
  ]),
};
const normaliser = (literal = ''): Normaliser => new Normaliser(FACTS, 'conf-x-1', literal);

describe('the normaliser', () => {
  it('gives the same value the same placeholder', () => {
    const text = '10.244.1.7 10.244.2.9 10.244.1.7\n10.96.3.4 10.96.0.10 10.96.3.4';
    expect(normaliser().normalise(text)).toBe(
      '<pod-ip-1> <pod-ip-2> <pod-ip-1>\n<service-ip-1> 10.96.0.10 <service-ip-1>',
    );
  });

  it('tells nodes, their gateways and captured values apart, in every spelling', () => {
    const it = normaliser();
    it.name('web-ip', '10.244.1.7');
    expect(it.normalise('some-worker2 some-worker 10.244.1.1 10.244.1.7:8080 10.244.1.77')).toBe(
      '<worker2> <worker> <worker-gateway> <web-ip>:8080 <pod-ip-1>',
    );
    expect(it.normalise('10-244-1-7.conf-x-1.pod 7.1.244.10.in-addr.arpa')).toBe(
      '<web-ip-dashed>.<namespace>.pod <web-ip-reversed>.in-addr.arpa',
    );
    expect(it.normalise('10.244.1.1:40123')).toBe('<worker-gateway>:<port>');
    expect(it.expand('curl <web-ip> < file > <nowhere>')).toBe('curl 10.244.1.7 < file > <nowhere>');
  });

  it('numbers names that were generated, and leaves those that were chosen', () => {
    expect(normaliser().normalise('web-6b7f8c9d5-x2x4z web-6b7f8c9d5-bcdfg cron-x2x4z')).toBe(
      'web-<hash-1>-<id-1> web-<hash-1>-<id-2> cron-<id-1>',
    );
    expect(normaliser('my-https').normalise('my-https my-nginx')).toBe('my-https my-nginx');
  });

  it('numbers node ports that were not asked for', () => {
    expect(normaliser('nodePort: 30080').normalise('80:30080/TCP 81:31234/TCP 30000-32767')).toBe(
      '80:30080/TCP 81:<node-port-1>/TCP 30000-32767',
    );
  });

  it('hides times, but not durations that mean something', () => {
    expect(normaliser().normalise('at 2026-01-02T03:04:05Z delay=10s cpu:   100m')).toBe(
      'at <time> delay=10s cpu:  100m',
    );
    expect(maskAges('NAME   AGE   WAIT\nweb    10s   10s\nother  3h4m  1s')).toBe(
      'NAME   AGE   WAIT\nweb    <age>  10s\nother  <age>  1s',
    );
  });
});

describe('recordings', () => {
  const answer = toAnswer({ stdout: 'a\n\nb', stderr: 'c', exitCode: 1 });
  it('are read as they were written, with variants', () => {
    const other = toAnswer({ stdout: 'z', stderr: '', exitCode: 0 });
    const recording = new Map([
      [
        '1.27',
        new Map([
          ['kubectl get x', other],
          ['kubectl get y', answer],
        ]),
      ],
      [
        '1.34',
        new Map([
          ['kubectl get x', answer],
          ['kubectl get y', answer],
        ]),
      ],
    ]);
    const text = formatRecording('Title', recording);
    expect(text).toBe(
      '# Title\n# kubectl 1.27 1.34\n\n$ kubectl get x\n| a\n|\n| b\n! c\n= 1\n@ 1.27\n| z\n\n$ kubectl get y\n| a\n|\n| b\n! c\n= 1\n',
    );
    expect(parseRecording(text)).toEqual(recording);
    expect(answersOf(recording, '1.35').get('kubectl get x')).toEqual(answer);
    expect(answersOf(recording, '1.28').get('kubectl get x')).toEqual(other);
  });

  it('are compared line by line', () => {
    expect(compare('x', answer, [...answer])).toBeUndefined();
    expect(compare('x', answer, ['| a', '|', '| B', '! c', '= 1'])?.lines).toEqual([
      '  | a',
      '  |',
      '- | b',
      '+ | B',
      '  ! c',
      '  = 1',
    ]);
    const exception = { scenario: 's', commands: ['x'], real: ['| b'], emulated: ['| B', '| C'] };
    expect(withExceptions('x', answer, [exception])).toEqual(['| a', '|', '| B', '| C', '! c', '= 1']);
    expect(() => withExceptions('x', ['| other'], [exception])).toThrow(/lines that were not recorded/);
  });
});

describe('scenarios', () => {
  it.each(SCENARIOS)('$name has been recorded as it stands', (scenario) => {
    for (const [, answers] of readRecording(scenario) ?? [])
      expect([...answers.keys()]).toEqual(recordedSteps(scenario));
    expect(readRecording(scenario)).toBeDefined();
  });

  it('are known to the lists that speak of them', () => {
    const spokenOf = [
      ...EXCEPTIONS.flatMap(({ exceptions }) => exceptions),
      ...PENDING.map(({ scenario, command }) => ({
        scenario,
        commands: command === undefined ? [] : [command],
      })),
    ];
    for (const { scenario, commands } of spokenOf) {
      const found = SCENARIOS.find(({ name }) => name === scenario);
      expect(found, scenario).toBeDefined();
      if (found !== undefined) expect(recordedSteps(found)).toEqual(expect.arrayContaining([...commands]));
    }
  });

  it('are what the page about differences tells of', () => {
    const page = readFileSync(new URL('../../../docs/emulated-and-real.md', import.meta.url), 'utf8');
    expect(page).toBe(exceptionsPage(EXCEPTIONS, PENDING));
  });

  it('split commands as a shell does', () => {
    expect(splitWords(`a 'b c' "d \\"e\\"" f\\ g '' h'i'j`)).toEqual(['a', 'b c', 'd "e"', 'f g', '', 'hij']);
    expect(() => splitWords("a 'b")).toThrow(/unclosed/);
  });
});
