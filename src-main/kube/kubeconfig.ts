import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';

/** How to reach an API server, taken from a kubeconfig's current context. */
export interface ClusterAccess {
  /** `https://127.0.0.1:6443`, without a slash at the end. */
  server: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** Name expected in the server's certificate, when it is not the host of the address. */
  serverName?: string;
  insecure: boolean;
  /** Value of the Authorization header. Asked again for each request: tokens are renewed. */
  authorization(): Promise<string | undefined>;
  /** The context's namespace. */
  namespace: string;
  /** Opens what TLS is spoken over; a connection to the server's address when it is left out. */
  dial?: () => Promise<Duplex>;
}

const userSchema = z.looseObject({
  'client-certificate-data': z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-key-data': z.string().optional(),
  'client-key': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});

const kubeconfigSchema = z.looseObject({
  'current-context': z.string().min(1),
  contexts: z.array(
    z.looseObject({
      name: z.string(),
      context: z.looseObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() }),
    }),
  ),
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      cluster: z.looseObject({
        server: z.url({ protocol: /^https?$/ }),
        'certificate-authority-data': z.string().optional(),
        'certificate-authority': z.string().optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
        'tls-server-name': z.string().optional(),
      }),
    }),
  ),
  users: z.array(z.looseObject({ name: z.string(), user: userSchema.nullish() })),
});

function unusable(detail: string): AppError {
  return new AppError({
    code: 'kubeconfig-unusable',
    message: {
      en: `This kubeconfig cannot be used: ${detail}`,
      ko: `이 kubeconfig를 사용할 수 없습니다: ${detail}`,
    },
    fix: {
      en: 'Check it with: kubectl --kubeconfig FILE config view --minify',
      ko: '다음 명령으로 확인하세요: kubectl --kubeconfig FILE config view --minify',
    },
  });
}

/**
 * Reads the current context of a kubeconfig. Paths in it count from `file`'s folder. Credential plug-ins
 * (`exec`) are run by @kubernetes/client-node, which is loaded only for them.
 * @throws AppError `kubeconfig-unusable`
 */
export function parseKubeconfig(text: string, file = './kubeconfig'): ClusterAccess {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
  const parsed = kubeconfigSchema.safeParse(raw);
  if (!parsed.success) throw unusable(z.prettifyError(parsed.error));
  const config = parsed.data;
  const context = config.contexts.find((c) => c.name === config['current-context'])?.context;
  if (context === undefined) throw unusable(`context "${config['current-context']}" is not in it`);
  const cluster = config.clusters.find((c) => c.name === context.cluster)?.cluster;
  if (cluster === undefined) throw unusable(`cluster "${context.cluster}" is not in it`);
  const user = config.users.find((u) => u.name === context.user)?.user ?? {};

  const read = (data: string | undefined, path: string | undefined): Buffer | undefined => {
    if (data !== undefined) return Buffer.from(data, 'base64');
    return path === undefined ? undefined : readFileSync(resolve(dirname(file), path));
  };
  const ca = read(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = read(user['client-certificate-data'], user['client-certificate']);
  const key = read(user['client-key-data'], user['client-key']);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster['tls-server-name'] === undefined ? {} : { serverName: cluster['tls-server-name'] }),
    insecure: cluster['insecure-skip-tls-verify'] ?? false,
    authorization: authorizationOf(user, text, file),
    namespace: context.namespace ?? 'default',
  };
}

function authorizationOf(
  user: z.infer<typeof userSchema>,
  text: string,
  file: string,
): () => Promise<string | undefined> {
  const { token, tokenFile, username, password } = user;
  if (user.exec !== undefined || user['auth-provider'] !== undefined)
    return pluginAuthorization(text, user.exec);
  if (tokenFile !== undefined) {
    const path = resolve(dirname(file), tokenFile);
    return () => Promise.resolve(`Bearer ${readFileSync(path, 'utf8').trim()}`);
  }
  if (token !== undefined) return () => Promise.resolve(`Bearer ${token}`);
  if (username !== undefined) {
    const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    return () => Promise.resolve(`Basic ${basic}`);
  }
  return () => Promise.resolve(undefined);
}

/** Tokens of `exec` and cloud plug-ins, which client-node knows how to get, to keep and to renew. */
function pluginAuthorization(text: string, exec: unknown): () => Promise<string | undefined> {
  let loaded: Promise<KubeConfig> | undefined;
  let asking: Promise<string | undefined> | undefined;
  const ask = async (): Promise<string | undefined> => {
    loaded ??= loadForPlugin(text);
    const options: { headers?: Record<string, string>; cert?: string } = {};
    try {
      await (await loaded).applyToHTTPSOptions(options);
      if (options.headers?.['Authorization'] === undefined && options.cert !== undefined)
        throw new Error('it gives a client certificate, and only tokens can be used here');
    } catch (error) {
      throw pluginError(exec, error);
    }
    return options.headers?.['Authorization'];
  };
  // Requests that come together run the program once.
  return () => (asking ??= ask().finally(() => (asking = undefined)));
}

async function loadForPlugin(text: string): Promise<KubeConfig> {
  const { KubeConfig: Loaded } = await import('@kubernetes/client-node');
  const config = new Loaded();
  config.loadFromString(text);
  return config;
}

/** A credential plug-in (kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). */
const execSchema = z.looseObject({ command: z.string(), installHint: z.string().optional() });

function pluginError(exec: unknown, error: unknown): Error {
  const plugin = execSchema.safeParse(exec).data;
  if (plugin === undefined) return error instanceof Error ? error : new Error(String(error));
  const { command, installHint } = plugin;
  const words = error instanceof Error ? error.message.trim() : String(error);
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return new AppError(
    {
      code: missing ? 'credential-plugin-missing' : 'credential-plugin-failed',
      message: missing
        ? {
            en: `The program "${command}", which logs you in to this cluster, is not installed.`,
            ko: `이 클러스터에 로그인하는 프로그램 "${command}"이(가) 설치되어 있지 않습니다.`,
          }
        : {
            en: `The program "${command}" could not log you in to this cluster.`,
            ko: `프로그램 "${command}"이(가) 이 클러스터에 로그인하지 못했습니다.`,
          },
      fix: missing
        ? {
            en: installHint ?? 'Install it, see that it is in PATH, and start Switchyard again.',
            ko: installHint ?? '설치하고 PATH에 있는지 확인한 다음 Switchyard를 다시 시작하세요.',
          }
        : {
            en: 'Run it in your own terminal to see what it needs, then try again.',
            ko: '터미널에서 직접 실행해 무엇이 필요한지 확인한 다음 다시 시도하세요.',
          },
      detail: words,
    },
    { cause: error },
  );
}
