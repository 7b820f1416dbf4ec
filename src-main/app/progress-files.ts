import { join } from 'node:path';
import type { Problem } from '#shared/app-error.ts';
import { labProgressSchema, type LabProgress, type ProgressStore } from '../labs/progress.ts';
import { JsonFile } from '../store/json-file.ts';

/** Progress on disk: one file a lab, `progress/<lab>.json` in the data folder. */
export class ProgressFiles implements ProgressStore {
  readonly #directory: string;
  readonly #onProblem: (problem: Problem) => void;
  readonly #files = new Map<string, Promise<JsonFile<LabProgress | undefined>>>();

  /** @param onProblem told of a file that could not be understood and was set aside */
  constructor(dataDirectory: string, onProblem: (problem: Problem) => void) {
    this.#directory = join(dataDirectory, 'progress');
    this.#onProblem = onProblem;
  }

  async load(labId: string): Promise<LabProgress | undefined> {
    return (await this.#file(labId)).value;
  }

  async save(labId: string, progress: LabProgress): Promise<void> {
    await (await this.#file(labId)).update(() => progress);
  }

  #file(labId: string): Promise<JsonFile<LabProgress | undefined>> {
    let file = this.#files.get(labId);
    if (file === undefined) {
      file = this.#open(labId);
      file.catch(() => this.#files.delete(labId));
      this.#files.set(labId, file);
    }
    return file;
  }

  async #open(labId: string): Promise<JsonFile<LabProgress | undefined>> {
    const file = await JsonFile.open<LabProgress | undefined>({
      path: join(this.#directory, `${labId}.json`),
      schema: labProgressSchema,
      initial: undefined,
    });
    if (file.problem !== undefined) this.#onProblem(file.problem);
    return file;
  }
}
