import { Option, type Command } from 'commander';
import {
  providerIdSchema,
  type PreflightItem,
  type PreflightReport,
  type ProviderId,
} from '#shared/cluster.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { command } from './output.ts';
import { cliProviders } from './providers.ts';

const MARKS: Record<PreflightItem['state'], string> = { ok: '✓', warning: '!', blocked: '✗', unknown: '?' };

/** `switchyard preflight`: can this machine run the labs? Looks, and leaves nothing behind. */
export function preflightCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  return command('preflight', 'look whether this machine can run the labs')
    .addOption(new Option('--provider <id>', 'look at one provider only').choices(providerIdSchema.options))
    .option('--kubeconfig <file>', 'the cluster that the provider "existing" would use')
    .action(async (options: { provider?: ProviderId; kubeconfig?: string; json?: boolean }) => {
      const providers = (await cliProviders(context, options.kubeconfig)).filter(
        ({ id }) => options.provider === undefined || id === options.provider,
      );
      const reports = await Promise.all(providers.map((provider) => provider.preflight()));
      if (options.json === true)
        context.out(JSON.stringify({ dataDirectory: context.dataDirectory, reports }));
      else for (const report of reports) for (const line of reportLines(report, context)) context.out(line);
      finish(reports.some(({ usable }) => usable) ? 0 : 1);
    });
}

function reportLines(
  { provider, usable, offlineReady, items }: PreflightReport,
  { locale }: CliContext,
): string[] {
  const ko = locale === 'ko';
  const verdict = usable ? (ko ? '사용 가능' : 'usable') : ko ? '사용할 수 없음' : 'not usable';
  const offline = offlineReady ? (ko ? ', 오프라인 사용 가능' : ', ready for offline') : '';
  return [
    `${provider}: ${verdict}${usable ? offline : ''}`,
    ...items.flatMap(({ title, state, seen, why, fix, commands }) => [
      `  ${MARKS[state]} ${title[locale]}: ${seen[locale]}`,
      ...(state === 'ok' ? [] : [`      ${why[locale]}`]),
      ...(fix === undefined ? [] : [`      → ${fix[locale]}`]),
      ...commands.map((line) => `        ${line}`),
    ]),
  ];
}
