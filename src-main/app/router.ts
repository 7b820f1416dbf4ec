import { implement, ORPCError } from '@orpc/server';
import { contract } from '#shared/contract.ts';
import { askDoctor } from '../doctor/doctor.ts';
import { traceRequest } from '../doctor/trace.ts';
import type { App } from './app.ts';
import { followLog } from './log-lines.ts';
import { objectYaml } from './object-yaml.ts';
import { notFoundError, problemOf } from './problems.ts';

/** What a person should read travels as the contract's typed error. */
function asContractError(error: unknown): unknown {
  return error instanceof ORPCError
    ? error
    : new ORPCError('PROBLEM', { data: problemOf(error), cause: error });
}

async function* withContractErrors(events: AsyncIterator<unknown>): AsyncGenerator<unknown, void, void> {
  try {
    for (let next = await events.next(); next.done !== true; next = await events.next()) yield next.value;
  } catch (error) {
    throw asContractError(error);
  } finally {
    await events.return?.();
  }
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

/** Every procedure of the contract, on one app. All hosts serve this. */
export function createRouter(app: App) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      const result = await next();
      const { output } = result as { output: unknown };
      return isAsyncIterator(output) ? { ...result, output: withContractErrors(output) } : result;
    } catch (error) {
      throw asContractError(error);
    }
  });
  const { cluster, labs, settings, terminals } = app;

  return os.router({
    app: {
      info: os.app.info.handler(() => app.info),
      settings: os.app.settings.handler(({ signal }) => settings.follow(signal)),
      changeSettings: os.app.changeSettings.handler(({ input }) => app.changeSettings(input)),
      notices: os.app.notices.handler(({ signal }) => app.notices.follow(signal)),
    },
    cluster: {
      providers: os.cluster.providers.handler(() => cluster.providers()),
      preflight: os.cluster.preflight.handler(({ input }) => cluster.preflight(input.provider)),
      mend: os.cluster.mend.handler(({ input }) => cluster.mend(input.provider, input.item, input.mend)),
      contexts: os.cluster.contexts.handler(({ input }) => cluster.contexts(input.file)),
      inspect: os.cluster.inspect.handler(({ input }) => cluster.inspect(input)),
      state: os.cluster.state.handler(({ signal }) => cluster.state.follow(signal)),
      create: os.cluster.create.handler(({ input }) => cluster.create(input.provider, input.source)),
      cancel: os.cluster.cancel.handler(() => cluster.cancel()),
      delete: os.cluster.delete.handler(() => cluster.delete()),
      leftovers: os.cluster.leftovers.handler(({ signal }) => cluster.leftovers.follow(signal)),
      deleteLeftover: os.cluster.deleteLeftover.handler(({ input }) =>
        cluster.deleteLeftover(input.provider, input.name),
      ),
    },
    live: {
      objects: os.live.objects.handler(({ input, signal }) => app.live(input.namespaces, signal)),
      yaml: os.live.yaml.handler(async ({ input }) => {
        const { namespace, ...ref } = input;
        const object = await cluster.kube().get({ ...ref, ...(namespace !== undefined && { namespace }) });
        if (object === undefined) throw notFoundError(`${input.kind}/${input.name}`);
        return objectYaml(object);
      }),
      apply: os.live.apply.handler(({ input }) =>
        cluster.kube().apply(input.yaml, { namespace: input.namespace, dryRun: input.dryRun }),
      ),
      delete: os.live.delete.handler(async ({ input }) => {
        const { namespace, ...ref } = input;
        const existed = await cluster
          .kube()
          .delete({ ...ref, ...(namespace !== undefined && { namespace }) });
        if (!existed) throw notFoundError(`${input.kind}/${input.name}`);
      }),
      logs: os.live.logs.handler(({ input, signal }) => {
        const { container, ...options } = input;
        return followLog(
          cluster.kube(),
          { ...options, ...(container !== undefined && { container }) },
          signal,
        );
      }),
      trace: os.live.trace.handler(({ input }) => {
        const [namespace = '', pod = ''] = input.client.split('/');
        return traceRequest(cluster.kube(), {
          client: { namespace, pod },
          namespace: input.namespace,
          service: input.service,
          ...(input.port !== undefined && { port: input.port }),
        });
      }),
      doctor: os.live.doctor.handler(({ input }) => {
        const [namespace = '', pod = ''] = input.from.split('/');
        return askDoctor(cluster.kube(), {
          namespace: input.namespace,
          service: input.service,
          from: input.from === 'host' ? 'host' : { namespace, pod },
          reach: cluster.state.value.reach ?? { nodePorts: [] },
          ...(input.port !== undefined && { port: input.port }),
        });
      }),
    },
    labs: {
      list: os.labs.list.handler(() => labs.list()),
      content: os.labs.content.handler(({ input }) => labs.content(input.labId)),
      session: os.labs.session.handler(({ input, signal }) => labs.session(input.labId, signal)),
      start: os.labs.start.handler(({ input }) => labs.start(input.labId)),
      goTo: os.labs.goTo.handler(({ input }) => labs.goTo(input.labId, input.stepId)),
      check: os.labs.check.handler(({ input }) => labs.check(input.labId, input.stepId, input.checkId)),
      answer: os.labs.answer.handler(({ input }) =>
        labs.answer(input.labId, input.stepId, input.checkId, input.value),
      ),
      hint: os.labs.hint.handler(({ input }) => labs.hint(input.labId, input.stepId)),
      solution: os.labs.solution.handler(({ input }) => labs.solution(input.labId, input.stepId)),
      solve: os.labs.solve.handler(({ input }) => labs.solve(input.labId, input.stepId)),
      reset: os.labs.reset.handler(({ input }) => labs.reset(input.labId, input.stepId)),
    },
    terminals: {
      list: os.terminals.list.handler(({ signal }) => terminals.list.follow(signal)),
      open: os.terminals.open.handler(({ input }) => terminals.open(input)),
      attach: os.terminals.attach.handler(({ input, signal }) => terminals.get(input.id).attach(signal)),
      write: os.terminals.write.handler(({ input }) => terminals.get(input.id).write(input.bytes)),
      resize: os.terminals.resize.handler(({ input }) => terminals.get(input.id).resize(input.size)),
      acknowledge: os.terminals.acknowledge.handler(({ input }) =>
        terminals.get(input.id).acknowledge(input.bytes),
      ),
      reconnect: os.terminals.reconnect.handler(({ input }) => terminals.get(input.id).connect()),
      close: os.terminals.close.handler(({ input }) => terminals.close(input.id)),
    },
  });
}
export type AppRouter = ReturnType<typeof createRouter>;
