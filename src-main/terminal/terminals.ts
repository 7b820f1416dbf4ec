import { randomUUID } from 'node:crypto';
import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { TerminalInfo } from '#shared/contract.ts';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { Observable } from '../observable.ts';
import { TerminalSession, type TerminalSize } from './session.ts';

export interface OpenTerminal {
  namespace: string;
  pod: string;
  container?: string | undefined;
  size: TerminalSize;
}

/** All shells that are open in pods. */
export class Terminals {
  /** Every change of any of them. */
  readonly list = new Observable<TerminalInfo[]>([]);
  readonly #kube: () => KubeClient;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, TerminalSession>();

  /** @param kube the present cluster's client; throws an `AppError` when there is no cluster. */
  constructor(kube: () => KubeClient, clock: Clock = systemClock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  /** Returns at once, while the shell is being started. @throws AppError `no-cluster` */
  open({ namespace, pod, container, size }: OpenTerminal): TerminalInfo {
    this.#kube();
    const session = new TerminalSession({
      id: randomUUID(),
      namespace,
      pod,
      container,
      size,
      kube: this.#kube,
      clock: this.#clock,
      onInfo: () => this.#report(),
    });
    this.#sessions.set(session.info.id, session);
    void session.connect();
    return session.info;
  }

  /** @throws AppError `terminal-unknown` */
  get(id: string): TerminalSession {
    const session = this.#sessions.get(id);
    if (session !== undefined) return session;
    throw new AppError({
      code: 'terminal-unknown',
      message: { en: 'This terminal has been closed.', ko: '이 터미널은 닫혔습니다.' },
      fix: { en: 'Open a new one.', ko: '새 터미널을 여세요.' },
    });
  }

  close(id: string): void {
    this.#sessions.get(id)?.close();
    this.#sessions.delete(id);
    this.#report();
  }

  closeAll(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
    this.#report();
  }

  #report(): void {
    this.list.set([...this.#sessions.values()].map(({ info }) => info));
  }
}
