import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Problem } from '#shared/app-error.ts';
import { parseYamlDocuments, type YamlDocument } from '../../kube/yaml-documents.ts';
import { systemErrorCode, wordsOf } from '../../store/problems.ts';

/** One named entry of a kubeconfig, as it stands there. */
export interface KubeconfigEntry<T> {
  /** Paths in it count from this file's folder. */
  file: string;
  name: string;
  value: T;
  /** From 1. */
  line: number;
  column: number;
}

const contextSchema = z.looseObject({
  cluster: z.string().min(1),
  user: z.string().default(''),
  namespace: z.string().optional(),
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).nullish(),
});
const clusterSchema = z.looseObject({ server: z.url({ protocol: /^https?$/ }) });
const userSchema = z.looseObject({});

export type ContextEntry = KubeconfigEntry<z.infer<typeof contextSchema>>;
export type ClusterEntry = KubeconfigEntry<z.infer<typeof clusterSchema>>;
export type UserEntry = KubeconfigEntry<z.infer<typeof userSchema>>;

/** What can be used of some kubeconfig files, taken together as kubectl does: what comes first counts. */
export interface Kubeconfig {
  currentContext: string | undefined;
  contexts: ReadonlyMap<string, ContextEntry>;
  clusters: ReadonlyMap<string, ClusterEntry>;
  users: ReadonlyMap<string, UserEntry>;
  /** What is wrong with the rest, with its place. */
  problems: Problem[];
}

/** Where kubectl looks (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). */
export function ownKubeconfigFiles(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named.map((path) => resolve(path)) : [join(home, '.kube', 'config')];
}

/** The path that somebody wrote, made absolute: `~` is their own folder. */
export function writtenPath(path: string): string {
  return resolve(/^~(?=$|[/\\])/.test(path) ? homedir() + path.slice(1) : path);
}

/** Reads kubeconfig files. What is broken becomes a problem; the rest is given all the same. */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const reader = new Reader();
  for (const file of files) await reader.read(file);
  return reader;
}

class Reader implements Kubeconfig {
  currentContext: string | undefined;
  readonly contexts = new Map<string, ContextEntry>();
  readonly clusters = new Map<string, ClusterEntry>();
  readonly users = new Map<string, UserEntry>();
  readonly problems: Problem[] = [];

  async read(file: string): Promise<void> {
    let text: string;
    try {
      text = decoded(await readFile(file));
    } catch (error) {
      this.problems.push(unreadable(file, error));
      return;
    }
    const { documents, problems } = parseYamlDocuments(text, '1.2');
    const broken = problems.filter(({ severity }) => severity === 'error');
    for (const { line, column, message } of broken) this.#note({ file, line, column }, notYaml(message));
    const [document] = documents;
    if (document === undefined) return;
    const { value } = document;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#note({ file, line: 1, column: 1 }, NOT_A_KUBECONFIG);
      return;
    }
    const fields = value as Record<string, unknown>;
    const current = fields['current-context'];
    if (typeof current === 'string' && current !== '') this.currentContext ??= current;
    this.#entries(file, document, 'contexts', 'context', contextSchema, this.contexts);
    this.#entries(file, document, 'clusters', 'cluster', clusterSchema, this.clusters);
    this.#entries(file, document, 'users', 'user', userSchema, this.users);
  }

  #entries<T>(
    file: string,
    document: YamlDocument,
    list: string,
    field: string,
    schema: z.ZodType<T>,
    into: Map<string, KubeconfigEntry<T>>,
  ): void {
    const items = (document.value as Record<string, unknown>)[list];
    if (items === undefined || items === null) return;
    if (!Array.isArray(items)) {
      this.#note({ file, ...startOf(document, [list]) }, wrongShape(list, 'a list'));
      return;
    }
    const entry = z.looseObject({ name: z.string().min(1), [field]: schema.optional() });
    for (const [index, item] of (items as unknown[]).entries()) {
      const parsed = entry.safeParse(item);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const path = [list, index, ...(issue?.path ?? []).map((step) => step as string | number)];
        this.#note({ file, ...startOf(document, path) }, wrongShape(path.join('.'), issue?.message ?? ''));
        continue;
      }
      const name = parsed.data['name'] as string;
      const value = (parsed.data[field] ?? {}) as T;
      if (!into.has(name)) into.set(name, { file, name, value, ...startOf(document, [list, index]) });
    }
  }

  #note(where: NonNullable<Problem['where']>, problem: Omit<Problem, 'where'>): void {
    this.problems.push({ ...problem, where });
  }
}

/** PowerShell's `>` writes UTF-16. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function startOf(document: YamlDocument, path: (string | number)[]): { line: number; column: number } {
  const { line, column } = document.rangeOf(path);
  return { line, column };
}

function unreadable(file: string, error: unknown): Problem {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return {
      code: 'kubeconfig-missing',
      message: { en: `${file} does not exist.`, ko: `${file} 파일이 없습니다.` },
      fix: { en: 'Give the path of a kubeconfig file.', ko: 'kubeconfig 파일의 경로를 지정하세요.' },
    };
  return {
    code: 'kubeconfig-unreadable',
    message:
      code === 'EISDIR'
        ? { en: `${file} is a folder, not a file.`, ko: `${file}은(는) 파일이 아니라 폴더입니다.` }
        : { en: `${file} cannot be read.`, ko: `${file} 파일을 읽을 수 없습니다.` },
    fix: {
      en: 'Give the path of a kubeconfig file that you may read.',
      ko: '읽을 수 있는 kubeconfig 파일의 경로를 지정하세요.',
    },
    detail: wordsOf(error),
  };
}

const FIX_FILE = {
  en: 'Correct the file here, or ask whoever gave it to you for a new one.',
  ko: '파일의 이 위치를 고치거나, 파일을 준 사람에게 새 파일을 요청하세요.',
};

function notYaml(words: string): Omit<Problem, 'where'> {
  return {
    code: 'kubeconfig-syntax',
    message: { en: `Not valid YAML: ${words}`, ko: `올바른 YAML이 아닙니다: ${words}` },
    fix: FIX_FILE,
  };
}

const NOT_A_KUBECONFIG: Omit<Problem, 'where'> = {
  code: 'kubeconfig-syntax',
  message: {
    en: 'This is no kubeconfig: it has no contexts, clusters and users.',
    ko: 'kubeconfig가 아닙니다. contexts, clusters, users가 없습니다.',
  },
  fix: FIX_FILE,
};

function wrongShape(field: string, words: string): Omit<Problem, 'where'> {
  return {
    code: 'kubeconfig-entry',
    message: {
      en: `${field} is not as it has to be: ${words}`,
      ko: `${field} 항목이 올바르지 않습니다: ${words}`,
    },
    fix: FIX_FILE,
  };
}
