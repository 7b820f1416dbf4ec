import { join } from 'node:path';
import { z } from 'zod';
import { App } from '../../app/app.ts';
import { createRouter } from '../../app/router.ts';
import { JsonFile } from '../../store/json-file.ts';
import type { CliContext } from '../cli/context.ts';
import { listAssets } from '../assets.ts';
import { newSecret } from './guard.ts';
import { startWebHost, type WebHost } from './server.ts';

export interface RunWebOptions {
  port?: number | undefined;
  kubeconfig?: string | undefined;
}

/** The app behind a page on loopback. */
export interface RunningWeb {
  host: WebHost;
  close(): Promise<void>;
}

/** @throws AppError when the data folder or the port cannot be used */
export async function runWeb(context: CliContext, { port, kubeconfig }: RunWebOptions): Promise<RunningWeb> {
  const app = await App.open({
    version: context.version,
    host: 'web',
    dataDirectory: context.dataDirectory,
    labsDirectory: context.paths.labs,
    launchCluster: context.launchCluster,
    kubeconfig,
  });
  try {
    const [assets, session] = await Promise.all([
      listAssets(context.paths.renderer),
      openSession(context.dataDirectory),
    ]);
    if (session.problem !== undefined) app.notify(session.problem);
    const host = await startWebHost({
      router: createRouter(app),
      assets,
      port,
      session: session.value.secret,
    });
    await app.setAddress(host.origin);
    return {
      host,
      close: async () => {
        await host.close();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The browsers' secret: the same over restarts, so that a page that stays open finds its way back. */
async function openSession(dataDirectory: string): Promise<JsonFile<{ secret: string }>> {
  const file = await JsonFile.open({
    path: join(dataDirectory, 'web-session.json'),
    schema: z.strictObject({ secret: z.string().min(40) }),
    initial: { secret: newSecret() },
  });
  await file.update((value) => value);
  return file;
}
