import { implement, ORPCError } from '@orpc/server';
import { join } from 'node:path';
import { contract, type Settings } from '../../src-shared/contract.ts';
import type { Problem } from '../../src-shared/app-error.ts';
import type {
  ClusterSource,
  ClusterState,
  KubeContext,
  Leftover,
  PreflightReport,
  ProviderId,
  SourceReport,
} from '../../src-shared/cluster.ts';
import type { DoctorReport } from '../../src-shared/doctor.ts';
import type { LabContent, LabSession, LabSummary } from '../../src-shared/lab-view.ts';
import type { ObjectView } from '../../src-shared/live.ts';
import { listAssets } from '../../src-main/hosts/assets.ts';
import { newSecret } from '../../src-main/hosts/web/guard.ts';
import { startWebHost, type WebHost } from '../../src-main/hosts/web/server.ts';
import { Observable } from '../../src-main/observable.ts';
import { PROVIDERS } from './clusters.ts';

const RENDERER = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** What main answers, for a test to say. Whatever is left out succeeds and does nothing. */
export interface Script {
  preflight: (provider: ProviderId) => Promise<PreflightReport>;
  mend: (provider: ProviderId, item: string, mend: string) => Promise<PreflightReport>;
  contexts: (file: string | undefined) => Promise<{ contexts: KubeContext[]; problems: Problem[] }>;
  inspect: (source: ClusterSource, signal: AbortSignal | undefined) => Promise<SourceReport>;
  doctor: (input: {
    namespace: string;
    service: string;
    from: string;
    port?: number | undefined;
  }) => Promise<DoctorReport>;
  create: (provider: ProviderId, source: ClusterSource | undefined) => Promise<void>;
  cancel: () => Promise<void>;
  remove: () => Promise<void>;
  deleteLeftover: (provider: ProviderId, name: string) => Promise<void>;
}

/** Throws a problem as main does, so that it arrives as one. */
export function refuse(problem: Problem): never {
  throw new ORPCError('PROBLEM', { data: problem });
}

/**
 * A main that says what a test wants it to say: the web host and the built page are the product's own, and every
 * answer passes the contract's schemas. For states that would take an engine, a failure or a minute to come by.
 */
export class ScriptedMain {
  readonly settings = new Observable<Settings>({ theme: 'system', layout: {} });
  readonly notices = new Observable<Problem[]>([]);
  readonly state = new Observable<ClusterState>({ phase: 'none', progress: [] });
  readonly leftovers = new Observable<Leftover[]>([]);
  readonly objects = new Observable<ObjectView[]>([]);
  labs: LabSummary[] = [];
  content: LabContent | undefined;
  session: LabSession | undefined;
  readonly script: Script;
  readonly #calls: { name: string; input: unknown }[] = [];
  #host: WebHost | undefined;

  constructor(script: Partial<Script> = {}) {
    const nothing = (): Promise<void> => Promise.resolve();
    const unscripted = (): Promise<never> => Promise.reject(new Error('The test says nothing about this.'));
    this.script = {
      preflight: unscripted,
      mend: unscripted,
      contexts: unscripted,
      inspect: unscripted,
      doctor: unscripted,
      create: nothing,
      cancel: nothing,
      remove: nothing,
      deleteLeftover: nothing,
      ...script,
    };
  }

  /** Where the page is, with its token. */
  get address(): string {
    return this.#host?.address ?? '';
  }

  async start(): Promise<void> {
    this.#host = await startWebHost({
      router: this.#router(),
      assets: await listAssets(RENDERER),
      port: 0,
      session: newSecret(),
    });
  }

  async dispose(): Promise<void> {
    await this.#host?.close();
  }

  /** What something was asked with, each time that it was. */
  asked(name: string): unknown[] {
    return this.#calls.filter((call) => call.name === name).map(({ input }) => input);
  }

  #note(name: string, input: unknown): void {
    this.#calls.push({ name, input });
  }

  async *#live(signal: AbortSignal | undefined) {
    let seq = 0;
    for await (const upserts of this.objects.follow(signal))
      yield { seq: seq++, snapshot: true, upserts, deletes: [] };
  }

  async *#session(signal: AbortSignal | undefined) {
    const { session } = this;
    if (session === undefined) throw new Error('There is no lab in this test.');
    yield* new Observable(session).follow(signal);
  }

  #router() {
    const os = implement(contract);
    const { script } = this;
    const refused = (): never => {
      throw new Error('There is no such thing in this test.');
    };
    const nothing = (): void => undefined;
    return os.router({
      app: {
        info: os.app.info.handler(() => ({ version: '0.0.0', host: 'web', dataDirectory: '/data' })),
        settings: os.app.settings.handler(({ signal }) => this.settings.follow(signal)),
        changeSettings: os.app.changeSettings.handler(({ input }) => {
          const known = Object.entries(input).filter(([, value]) => value !== undefined);
          this.settings.set({ ...this.settings.value, ...(Object.fromEntries(known) as Partial<Settings>) });
          return this.settings.value;
        }),
        notices: os.app.notices.handler(({ signal }) => this.notices.follow(signal)),
      },
      cluster: {
        providers: os.cluster.providers.handler(() => PROVIDERS),
        preflight: os.cluster.preflight.handler(({ input }) => {
          this.#note('preflight', input.provider);
          return script.preflight(input.provider);
        }),
        mend: os.cluster.mend.handler(({ input }) => {
          this.#note('mend', input);
          return script.mend(input.provider, input.item, input.mend);
        }),
        contexts: os.cluster.contexts.handler(({ input }) => {
          this.#note('contexts', input.file);
          return script.contexts(input.file);
        }),
        inspect: os.cluster.inspect.handler(({ input, signal }) => {
          this.#note('inspect', input);
          return script.inspect(input, signal);
        }),
        state: os.cluster.state.handler(({ signal }) => this.state.follow(signal)),
        create: os.cluster.create.handler(({ input }) => {
          this.#note('create', input);
          return script.create(input.provider, input.source);
        }),
        cancel: os.cluster.cancel.handler(() => {
          this.#note('cancel', undefined);
          return script.cancel();
        }),
        delete: os.cluster.delete.handler(() => {
          this.#note('delete', undefined);
          return script.remove();
        }),
        leftovers: os.cluster.leftovers.handler(({ signal }) => this.leftovers.follow(signal)),
        deleteLeftover: os.cluster.deleteLeftover.handler(({ input }) => {
          this.#note('deleteLeftover', input);
          return script.deleteLeftover(input.provider, input.name);
        }),
      },
      live: {
        objects: os.live.objects.handler(({ signal }) => this.#live(signal)),
        yaml: os.live.yaml.handler(() => 'kind: Service\n'),
        apply: os.live.apply.handler(refused),
        delete: os.live.delete.handler(refused),
        logs: os.live.logs.handler(refused),
        trace: os.live.trace.handler(refused),
        doctor: os.live.doctor.handler(({ input }) => {
          this.#note('doctor', input);
          return script.doctor(input);
        }),
      },
      labs: {
        list: os.labs.list.handler(() => this.labs),
        content: os.labs.content.handler(() => this.content ?? refused()),
        session: os.labs.session.handler(({ signal }) => this.#session(signal)),
        start: os.labs.start.handler(({ input }) => this.#note('start', input)),
        goTo: os.labs.goTo.handler(nothing),
        check: os.labs.check.handler(nothing),
        answer: os.labs.answer.handler(nothing),
        hint: os.labs.hint.handler(nothing),
        solution: os.labs.solution.handler(refused),
        solve: os.labs.solve.handler(nothing),
        reset: os.labs.reset.handler(nothing),
      },
      terminals: {
        list: os.terminals.list.handler(({ signal }) => new Observable([]).follow(signal)),
        open: os.terminals.open.handler(refused),
        attach: os.terminals.attach.handler(refused),
        write: os.terminals.write.handler(nothing),
        resize: os.terminals.resize.handler(nothing),
        acknowledge: os.terminals.acknowledge.handler(nothing),
        reconnect: os.terminals.reconnect.handler(nothing),
        close: os.terminals.close.handler(nothing),
      },
    });
  }
}
