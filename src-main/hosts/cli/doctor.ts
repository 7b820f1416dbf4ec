import { InvalidArgumentError, type Command } from 'commander';
import { AppError } from '#shared/app-error.ts';
import { HOP_NAMES } from '#shared/doctor-hops.ts';
import type { DoctorHop, DoctorReport, HopState } from '#shared/doctor.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { askDoctor } from '../../doctor/doctor.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { connect, withCluster, type ClusterChoice } from './lab-session.ts';
import { command, padded, terminalWidth } from './output.ts';

interface DoctorCliOptions extends ClusterChoice {
  port?: number;
  from?: string;
  dnsName?: string;
  url?: URL;
  json?: boolean;
}

const STATUS: Record<DoctorReport['outcome'], ExitStatus> = { healthy: 0, fault: 1, unknown: 2 };

/** `switchyard doctor <namespace>/<service>`: 0 healthy, 1 a fault was found, 2 it could not look. */
export function doctorCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  return withCluster(
    command('doctor', 'walk the path to a Service and name the first broken hop'),
    "the app's",
  )
    .argument('<namespace/service>')
    .option('--port <n>', 'the port that the client dials (default: the first of the Service)', portNumber)
    .option('--from <place>', 'where the request starts: namespace/pod, or host for this machine')
    .option('--dns-name <name>', 'the name as the client writes it')
    .option('--url <url>', 'what a client asks an Ingress for', parsedUrl)
    .action(async (text: string, options: DoctorCliOptions) => {
      const { namespace, name: service } = pairOf(text);
      const { port, from, dnsName, url } = options;
      const place = from === undefined || from === 'host' ? from : pairOf(from);
      const cluster = await connect(context, options);
      try {
        const report = await askDoctor(cluster.kube, {
          namespace,
          service,
          reach: cluster.reach(),
          ...(port !== undefined && { port }),
          ...(dnsName !== undefined && { name: dnsName }),
          ...(url !== undefined && { url }),
          ...(place !== undefined && {
            from: place === 'host' ? place : { namespace: place.namespace, pod: place.name },
          }),
        });
        if (options.json === true) context.out(JSON.stringify(report));
        else for (const line of reportLines(report, context.locale)) context.out(line);
        finish(STATUS[report.outcome]);
      } finally {
        await cluster.close();
      }
    });
}

const MARKS: Record<HopState, string> = {
  ok: '✓',
  broken: '✗',
  symptom: '!',
  absent: '–',
  unknown: '?',
  'not-reached': '·',
};

/** The walk as people read it: a line a hop, and below it the diagnosis with its evidence. */
function reportLines(report: DoctorReport, locale: 'en' | 'ko'): string[] {
  const { hops, diagnosis, outcome } = report;
  const width = Math.max(...hops.map(({ hop }) => terminalWidth(HOP_NAMES[hop][locale]))) + 2;
  const lines = hops.map(
    ({ hop, state, seen }) => `${MARKS[state]} ${padded(nameOf(hop, locale), width)}${seen[locale]}`,
  );
  if (diagnosis === undefined) return [...lines, '', VERDICTS[outcome][locale]];
  const evidence = hops.find(({ hop }) => hop === diagnosis.hop)?.evidence ?? [];
  return [
    ...lines,
    '',
    `${nameOf(diagnosis.hop, locale)}: ${diagnosis.actual[locale]} [${diagnosis.finding}]`,
    diagnosis.why[locale],
    ...evidence.flatMap(({ title, command: line, output, at }) => [
      '',
      `${title[locale]} (${new Date(at).toISOString()})`,
      ...(line === undefined ? [] : [`  $ ${line}`]),
      ...output
        .split('\n')
        .slice(0, 20)
        .map((text) => `  ${text}`),
    ]),
  ];
}

function nameOf(hop: DoctorHop, locale: 'en' | 'ko'): string {
  return HOP_NAMES[hop][locale];
}

const VERDICTS: Record<DoctorReport['outcome'], LocalizedText> = {
  healthy: { en: 'Nothing is broken on this path.', ko: '이 경로에는 문제가 없습니다.' },
  fault: { en: '', ko: '' },
  unknown: {
    en: 'Nothing wrong was found, but not every hop could be tried. Name a pod with dig and agnhost: --from namespace/pod.',
    ko: '문제를 찾지 못했지만 확인하지 못한 구간이 있습니다. dig와 agnhost가 있는 파드를 지정하세요: --from 네임스페이스/파드',
  },
};

/** @throws AppError `pair-needed` */
function pairOf(text: string): { namespace: string; name: string } {
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (namespace !== '' && name !== '' && rest.length === 0) return { namespace, name };
  throw new AppError({
    code: 'pair-needed',
    message: {
      en: `"${text}" does not say which one is meant: write namespace/name.`,
      ko: `"${text}"만으로는 대상을 알 수 없습니다. 네임스페이스/이름으로 적으세요.`,
    },
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}

function parsedUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new InvalidArgumentError('Write it whole: http://shop.example/cart');
}
