import { z } from 'zod';
import type { ApplyResult, ManifestProblem } from '#shared/contract.ts';
import { problemOfWarning, problemsOfStatus } from './apply-problems.ts';
import type { ApplyOptions } from './client.ts';
import { resourcePath, type Discovery } from './discovery.ts';
import { isNotFound, KubeStatusError } from './errors.ts';
import { applyPatch } from './merge.ts';
import { LAST_APPLIED, type KubeObject } from './objects.ts';
import type { Answer, Transport } from './transport.ts';
import { parseYamlDocuments, type YamlDocument } from './yaml-documents.ts';

const manifestSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
});

interface Session {
  transport: Transport;
  discovery: Discovery;
}

/**
 * Applies every document of a YAML text in order, as `kubectl apply` does on the client's side: an object that
 * is missing is created; one that exists is patched from what was last applied, what is declared now and what
 * is live. The server is asked to validate strictly. The text's own problems stop everything; a refused
 * document does not stop the others.
 */
export async function applyManifests(
  session: Session,
  text: string,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { documents, problems } = parseYamlDocuments(text);
  if (problems.some((problem) => problem.severity === 'error')) return { applied: [], problems };
  const result: ApplyResult = { applied: [], problems: [...problems] };
  for (const document of documents) {
    const done = await applyDocument(session, document, options);
    if (done.applied !== undefined) result.applied.push(done.applied);
    result.problems.push(...done.problems);
  }
  return result;
}

type Applied = ApplyResult['applied'][number];

async function applyDocument(
  { transport, discovery }: Session,
  document: YamlDocument,
  options: ApplyOptions,
): Promise<{ applied?: Applied; problems: ManifestProblem[] }> {
  const shape = shapeProblems(document);
  if (shape.length > 0) return { problems: shape };
  const declared = document.value as KubeObject;
  const resource = await discovery.find(declared);
  if (resource === undefined) {
    const message = `no matches for kind "${declared.kind}" in version "${declared.apiVersion}"`;
    return {
      problems: [{ message, ...document.rangeOf(['kind']), severity: 'error' }],
    };
  }
  const namespace = resource.namespaced ? (declared.metadata.namespace ?? options.namespace) : undefined;
  const scoped: KubeObject = {
    ...declared,
    metadata: { ...declared.metadata, ...(namespace === undefined ? {} : { namespace }) },
  };
  // What is added here is not declared by the text: a later apply of it leaves it alone.
  const wanted = options.transform?.(withLastApplied(scoped)) ?? withLastApplied(scoped);
  const ref: Applied['ref'] = {
    apiVersion: declared.apiVersion,
    kind: declared.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name: declared.metadata.name,
  };
  const query = {
    fieldValidation: 'Strict',
    fieldManager: options.fieldManager ?? 'switchyard',
    dryRun: options.dryRun === true ? 'All' : undefined,
  };
  const path = resourcePath(resource, namespace, declared.metadata.name);
  try {
    const live = await read(transport, path);
    let answer: Answer;
    let action: Applied['action'];
    if (live === undefined) {
      answer = await transport.request('POST', resourcePath(resource, namespace), {
        query,
        body: JSON.stringify(wanted),
      });
      action = 'created';
    } else {
      const patch = applyPatch(lastApplied(live), wanted, live);
      if (patch === undefined) return { applied: { ref, action: 'unchanged' }, problems: [] };
      answer = await transport.request('PATCH', path, {
        query,
        body: JSON.stringify(patch),
        contentType: 'application/merge-patch+json',
      });
      const after = answer.body as KubeObject;
      const same = after.metadata.resourceVersion === live.metadata.resourceVersion;
      action = same && options.dryRun !== true ? 'unchanged' : 'configured';
    }
    return {
      applied: { ref, action },
      problems: answer.warnings.map((warning) => problemOfWarning(warning, document)),
    };
  } catch (error) {
    if (error instanceof KubeStatusError) return { problems: problemsOfStatus(error.body, document) };
    throw error;
  }
}

/** What is wrong before a server can even be asked: it has to know kind, version and name. */
function shapeProblems(document: YamlDocument): ManifestProblem[] {
  const parsed = manifestSchema.safeParse(document.value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const missing = issue.code === 'invalid_type' && issue.message.includes('undefined');
    const field = path.join('.');
    return {
      message:
        path.length === 0
          ? 'a manifest is a map with apiVersion, kind and metadata'
          : missing
            ? `${field}: is missing`
            : `${field}: ${issue.message}`,
      ...document.rangeOf(path),
      severity: 'error' as const,
    };
  });
}

async function read(transport: Transport, path: string): Promise<KubeObject | undefined> {
  try {
    return (await transport.request('GET', path)).body as KubeObject;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _dropped, ...annotations } = object.metadata.annotations ?? {};
  const bare: KubeObject = { ...object, metadata: { ...object.metadata, annotations } };
  return {
    ...bare,
    metadata: {
      ...bare.metadata,
      annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(bare)}\n` },
    },
  };
}

function lastApplied(live: KubeObject): unknown {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // written by someone else, unreadable: nothing is known of what was declared before
  }
}
