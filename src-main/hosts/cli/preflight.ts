import { Option, type Command } from 'commander';
import { providerIdSchema, type ProviderId } from '#shared/contract.ts';
import { createProviders } from '../../app/app.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext, ExitStatus } from './context.ts';
import { command } from './output.ts';

/** `switchyard preflight`: can this machine run the labs? Looks, and leaves nothing behind. */
export function preflightCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  return command('preflight', 'look whether this machine can run the labs')
    .addOption(new Option('--provider <id>', 'look at one provider only').choices(providerIdSchema.options))
    .option('--kubeconfig <file>', 'the cluster that the provider "existing" would use')
    .action(async (options: { provider?: ProviderId; kubeconfig?: string; json?: boolean }) => {
      const probe = join(context.dataDirectory, '.preflight');
      await writeAtomically(probe, '');
      await rm(probe, { force: true });
      const providers = createProviders({ ...context, kubeconfig: options.kubeconfig }, 'cli').filter(
        ({ id }) => options.provider === undefined || id === options.provider,
      );
      const results = await Promise.all(
        providers.map(async (provider) => ({
          id: provider.id,
          name: provider.name,
          ...(await provider.preflight()),
        })),
      );
      const usable = results.some(({ available }) => available);
      if (options.json === true)
        context.out(JSON.stringify({ dataDirectory: context.dataDirectory, providers: results }));
      else {
        context.out(
          `${context.locale === 'ko' ? '데이터 폴더(쓰기 가능)' : 'Data folder, writable'}: ${context.dataDirectory}`,
        );
        for (const { id, name, ...result } of results)
          context.out(
            `${result.available ? '✓' : '✗'} ${id} (${name[context.locale]})${result.available ? '' : `: ${result.reason[context.locale]}`}`,
          );
      }
      finish(usable ? 0 : 1);
    });
}
