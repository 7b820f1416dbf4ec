import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDER_VARIABLE, ProgramFolder } from './scenario.ts';

/** Compiled code is kept for the next start of the same program. */
export const COMPILED = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '..', '..', '.cache', 'programs'),
};

/** The stand-ins, put into a folder of their own that is all of `PATH`. */
export class Programs extends ProgramFolder {
  readonly bin: string;

  /** @param names which programs are installed; the others are missing */
  constructor(names: readonly string[] = ['docker', 'kind', 'k3d']) {
    super(mkdtempSync(join(tmpdir(), 'switchyard-programs-')));
    this.bin = join(this.path, 'bin');
    mkdirSync(this.bin);
    for (const name of names) this.install(name);
  }

  install(name: string): void {
    const file = join(this.bin, name);
    const script = join(import.meta.dirname, 'program.ts');
    // Compiled once: a stand-in is started a dozen times for each cluster.
    const lines = [
      '#!/bin/sh',
      `export NODE_COMPILE_CACHE='${COMPILED.NODE_COMPILE_CACHE}'`,
      `exec '${process.execPath}' '${script}' ${name} "$@"`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
  }

  /** What a process needs to find them. */
  get environment(): Record<string, string> {
    return { PATH: this.bin, [FOLDER_VARIABLE]: this.path };
  }

  /** The kubeconfig that the clusters which they make have. */
  serve(kubeconfig: string): void {
    writeFileSync(join(this.path, 'kubeconfig'), kubeconfig);
  }

  stopEngine(): void {
    writeFileSync(join(this.path, 'engine-stopped'), '');
  }

  startEngine(): void {
    rmSync(join(this.path, 'engine-stopped'), { force: true });
  }

  /** The command lines that were run, without the questions that change nothing. */
  get deeds(): string[] {
    return this.calls
      .map(({ line }) => line)
      .filter((line) => !/^\w+ (?:info|version|ps|\w+ inspect) /.test(`${line} `));
  }

  /** Names of the containers that there are. */
  get containers(): string[] {
    return this.state.containers.map(({ name }) => name);
  }

  /** Puts images into the engine's store. */
  have(...images: string[]): void {
    this.change((state) => state.images.push(...images));
  }

  /** Ends what hangs, and removes everything. */
  dispose(): void {
    for (const pid of this.hanging)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    rmSync(this.path, { recursive: true, force: true });
  }
}
