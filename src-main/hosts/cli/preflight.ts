import { InvalidArgumentError, Option, type Command } from 'commander';
import { AppError } from '#shared/app-error.ts';
import {
  providerIdSchema,
  type PreflightItem,
  type PreflightReport,
  type ProviderId,
} from '#shared/cluster.ts';
import type { Locale } from '#shared/locale.ts';
import type { Provider } from '../../providers/provider.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { command, padded, terminalWidth } from './output.ts';
import { cliProviders, findProvider } from './providers.ts';

const MARKS: Record<PreflightItem['state'], string> = { ok: '✓', warning: '!', blocked: '✗', unknown: '?' };

interface PreflightOptions {
  provider?: ProviderId;
  kubeconfig?: string;
  mend?: MendChoice;
  json?: boolean;
}

interface MendChoice {
  item: string;
  mend: string;
}

/** What this command wants of the providers. */
type ProvidersOf = (
  context: CliContext,
  kubeconfig?: string,
) => Promise<readonly Pick<Provider, 'id' | 'preflight' | 'mend'>[]>;

/**
 * `switchyard preflight`: can this machine run the labs? Looks, and leaves nothing behind; with `--mend` it does
 * first what a finding offers.
 */
export function preflightCommand(
  context: CliContext,
  finish: (status: ExitStatus) => void,
  providersOf: ProvidersOf = cliProviders,
): Command {
  return command('preflight', 'look whether this machine can run the labs')
    .addOption(new Option('--provider <id>', 'look at one provider only').choices(providerIdSchema.options))
    .option('--kubeconfig <file>', 'the cluster that the provider "existing" would use')
    .addOption(
      new Option('--mend <item/mend>', 'do what a finding offers, then look again').argParser(parseMend),
    )
    .action(async ({ provider: id, kubeconfig, mend, json }: PreflightOptions) => {
      const all = await providersOf(context, kubeconfig);
      const providers = id === undefined ? all : [findProvider(all, id)];
      if (mend !== undefined) {
        const [provider] = providers;
        if (id === undefined || provider === undefined) throw mendOfWhomError();
        await provider.mend(mend.item, mend.mend);
      }
      const reports = await Promise.all(providers.map((provider) => provider.preflight()));
      if (json === true) context.out(JSON.stringify({ dataDirectory: context.dataDirectory, reports }));
      else for (const line of preflightLines(reports, context.locale)) context.out(line);
      finish(reports.some(({ usable }) => usable) ? 0 : 1);
    });
}

function parseMend(words: string): MendChoice {
  const [, item, mend] = /^([^/]+)\/(.+)$/.exec(words) ?? [];
  if (item === undefined || mend === undefined)
    throw new InvalidArgumentError('It is written ITEM/MEND, as the findings print it.');
  return { item, mend };
}

function mendOfWhomError(): AppError {
  return new AppError({
    code: 'mend-without-provider',
    message: { en: '--mend needs --provider.', ko: '--mend에는 --provider가 필요합니다.' },
    fix: {
      en: 'Name the provider whose finding it is, as its line prints it.',
      ko: '항목에 표시된 대로 제공자를 지정하세요.',
    },
  });
}

/** The reports for people: a block for each provider, and what they come to. */
export function preflightLines(reports: readonly PreflightReport[], locale: Locale): string[] {
  const titles = reports.flatMap(({ items }) => items.map(({ title }) => terminalWidth(title[locale])));
  const column = Math.max(0, ...titles) + 2;
  return [
    ...reports.flatMap((report) => [...reportLines(report, locale, column), '']),
    ...summary(reports, locale),
  ];
}

function reportLines(report: PreflightReport, locale: Locale, column: number): string[] {
  const { provider, items } = report;
  const indent = ' '.repeat(4 + column);
  return [
    `${provider}: ${verdict(report, locale)}`,
    ...items.flatMap(({ id, title, state, seen, why, fix, commands, mends }) => [
      `  ${MARKS[state]} ${padded(title[locale], column)}${seen[locale]}`,
      ...(state === 'ok' ? [] : [`${indent}${why[locale]}`]),
      ...(fix === undefined ? [] : [`${indent}→ ${fix[locale]}`]),
      ...commands.map((line) => `${indent}    ${line}`),
      ...mends.flatMap(({ id: mend, label }) => [
        `${indent}→ ${label[locale]}:`,
        `${indent}    switchyard preflight --provider ${provider} --mend ${id}/${mend}`,
      ]),
    ]),
  ];
}

function verdict({ usable, offlineReady, items }: PreflightReport, locale: Locale): string {
  const ko = locale === 'ko';
  if (!usable) {
    const reasons = items.filter(({ state }) => state === 'blocked').map(({ title }) => title[locale]);
    return `${ko ? '사용할 수 없음' : 'not usable'} (${reasons.join(', ')})`;
  }
  if (offlineReady) return ko ? '사용 가능, 오프라인 사용 가능' : 'usable, ready for offline';
  return ko ? '사용 가능' : 'usable';
}

/** Which providers can be used, which without a network, and what the others lack for that. */
function summary(reports: readonly PreflightReport[], locale: Locale): string[] {
  const ko = locale === 'ko';
  const usable = reports.filter(({ usable: is }) => is);
  const offline = usable.filter(({ offlineReady }) => offlineReady);
  const named = (some: readonly PreflightReport[]): string =>
    some.length === 0 ? (ko ? '없음' : 'none') : some.map(({ provider }) => provider).join(', ');
  const lacking = usable.flatMap(({ provider, offlineReady, items }) =>
    items
      .filter(({ id }) => !offlineReady && id === 'images')
      .map(({ seen }) => `${provider}: ${seen[locale]}`),
  );
  return [
    `${ko ? '사용 가능' : 'Usable here'}: ${named(usable)}`,
    `${ko ? '오프라인 사용 가능' : 'Ready for offline'}: ${named(offline)}`,
    ...lacking.map((line) => `  ${line}`),
  ];
}
