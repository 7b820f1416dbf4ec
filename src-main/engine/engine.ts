import type { Readable, Writable } from 'node:stream';
import type { Command, CommandResult, CommandRunner, RunOptions } from '../command/command.ts';
import { CommandError, CommandFailedError } from '../command/errors.ts';
import type { CommandLog } from '../command/log.ts';
import * as argv from './argv.ts';
import { parseContainers, parseSubnet, type EngineContainer } from './containers.ts';
import type { EngineId } from './engine-id.ts';
import {
  parseImages,
  parsePulledDigest,
  PullProgressReader,
  type EngineImage,
  type PullProgress,
} from './images.ts';
import { isAtLeast, parseApiVersion, parseInfo, serverErrorsOf, type EngineInfo } from './info.ts';

/** A question to an engine that runs is answered in a moment; one that hangs must not hold anybody up. */
const QUESTION_MS = 10_000;
const START_MS = 60_000;
/** Large images over a bad network. */
const TRANSFER_MS = 60 * 60_000;
/** From this API version on, `docker save` and `docker load` choose a platform. */
const PLATFORM_API = '1.48';

export interface WorkOptions {
  signal?: AbortSignal | undefined;
  log?: CommandLog | undefined;
}

/** Whether an engine can be used, and what it says of itself. */
export type EngineState =
  | { state: 'running'; info: EngineInfo }
  | { state: 'missing' }
  /** Installed, and does not answer: in its own words why. `silent`: it says nothing at all, and hangs. */
  | { state: 'stopped'; words: string; silent?: true };

/** One container engine, through its command line. Everything that it throws is an `AppError`. */
export class Engine {
  readonly id: EngineId;
  readonly #run: CommandRunner;

  constructor(id: EngineId, run: CommandRunner) {
    this.id = id;
    this.#run = run;
  }

  /** Asks the engine whether it is there. Never rejects, but for an abort. */
  async state(signal?: AbortSignal): Promise<EngineState> {
    try {
      const [info, version] = await Promise.all([
        this.#ask(argv.infoCommand(this.id), { signal }),
        this.id === 'docker' ? this.#ask(argv.versionCommand(), { signal }) : undefined,
      ]);
      const parsed = parseInfo(this.id, info.stdout);
      if (parsed === undefined) {
        const words = serverErrorsOf(info.stdout) || wordsOf(info);
        return { state: 'stopped', words: words || 'it printed nothing that says how it stands' };
      }
      const apiVersion = version === undefined ? undefined : parseApiVersion(version.stdout);
      return { state: 'running', info: { ...parsed, apiVersion } };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.reason === 'missing') return { state: 'missing' };
      const silent = error.reason === 'deadline';
      return { state: 'stopped', words: error.problem.message.en, ...(silent && { silent }) };
    }
  }

  /** Containers with a label (`key` or `key=value`), ended ones too. */
  async containers(label: string, options: WorkOptions = {}): Promise<EngineContainer[]> {
    const { stdout } = await this.#must(argv.containersCommand(this.id, label), QUESTION_MS, options);
    const ids = stdout.split(/\s+/).filter((id) => id !== '');
    if (ids.length === 0) return [];
    // One that went meanwhile makes the exit status 1; the others are printed.
    const { stdout: details } = await this.#ask(argv.inspectContainersCommand(this.id, ids), options);
    return parseContainers(details);
  }

  /** Those of the images that the store has. */
  async images(references: readonly string[], options: WorkOptions = {}): Promise<EngineImage[]> {
    if (references.length === 0) return [];
    const { stdout } = await this.#ask(argv.inspectImagesCommand(this.id, references), options);
    return parseImages(stdout);
  }

  /**
   * Fetches an image from its registry.
   * @returns the digest that the registry has under this name, where the engine says it (docker does)
   */
  async pull(
    reference: string,
    {
      platform,
      onProgress,
      ...options
    }: WorkOptions & { platform?: string; onProgress?: (p: PullProgress) => void },
  ): Promise<string | undefined> {
    const reader = new PullProgressReader();
    const { stdout } = await this.#must(argv.pullCommand(this.id, reference, platform), TRANSFER_MS, {
      ...options,
      onLine: (line) => {
        const progress = reader.read(line);
        if (progress !== undefined) onProgress?.(progress);
      },
    });
    return parsePulledDigest(stdout);
  }

  /** Writes an archive of images. */
  async save(
    references: readonly string[],
    sink: Writable,
    { info, platform, ...options }: WorkOptions & { info: EngineInfo; platform: string },
  ): Promise<void> {
    const chooses = this.id === 'nerdctl' || isAtLeast(info.apiVersion, PLATFORM_API);
    const command = argv.saveCommand(this.id, references, chooses ? platform : undefined);
    await this.#must(command, TRANSFER_MS, { ...options, stdout: sink });
  }

  /** Reads an archive of images into the store. */
  async load(archive: Readable, options: WorkOptions = {}): Promise<void> {
    await this.#must(argv.loadCommand(this.id), TRANSFER_MS, { ...options, stdin: archive });
  }

  async tag(image: string, name: string): Promise<void> {
    await this.#must(argv.tagCommand(this.id, image, name), QUESTION_MS);
  }

  /** Takes a name from an image, and the image away when it was its last. */
  async untag(name: string): Promise<void> {
    await this.#must(argv.untagCommand(this.id, name), START_MS);
  }

  async start(containers: readonly string[], options: WorkOptions = {}): Promise<void> {
    await this.#must(argv.startCommand(this.id, containers), START_MS, options);
  }

  /** Removes containers by force; those that are gone already do not matter. */
  async remove(containers: readonly string[], options: WorkOptions = {}): Promise<void> {
    if (containers.length === 0) return;
    await this.#must(argv.removeCommand(this.id, containers), START_MS, options);
  }

  /** The first IPv4 subnet of a network; undefined when there is none. */
  async subnet(network: string, options: WorkOptions = {}): Promise<string | undefined> {
    return parseSubnet((await this.#ask(argv.networkCommand(this.id, network), options)).stdout);
  }

  /** Runs a program in a container to its end. */
  async exec(
    container: string,
    words: readonly string[],
    {
      stdin,
      deadlineMs = START_MS,
      ...options
    }: WorkOptions & { stdin?: Readable; deadlineMs?: number } = {},
  ): Promise<string> {
    const command = argv.execCommand(this.id, container, words, { interactive: stdin !== undefined });
    return (await this.#must(command, deadlineMs, { ...options, ...(stdin !== undefined && { stdin }) }))
      .stdout;
  }

  #ask(command: Command, options: WorkOptions): Promise<CommandResult> {
    return this.#run(command, { deadlineMs: QUESTION_MS, ...options });
  }

  async #must(
    command: Command,
    deadlineMs: number,
    options: Omit<RunOptions, 'deadlineMs'> = {},
  ): Promise<CommandResult> {
    const result = await this.#run(command, { deadlineMs, ...options });
    if (result.exitCode !== 0) throw new CommandFailedError(command, result);
    return result;
  }
}

function wordsOf({ stdout, stderr }: CommandResult): string {
  return (stderr.trim() === '' ? stdout : stderr).trim().slice(0, 2000);
}
