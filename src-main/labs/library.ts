import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Problem } from '#shared/app-error.ts';
import {
  labFileSchema,
  labSolutionSchema,
  labTextSchema,
  labWrongSchema,
  type LabAction,
  type LabFile,
  type LabText,
} from '#shared/lab-format.ts';
import type { LabManifest } from '#shared/lab-view.ts';
import type { Locale } from '#shared/locale.ts';
import { wordsOf } from '../store/problems.ts';
import { inCurriculumOrder } from './curriculum.ts';
import { Defects, parsePlaced, validatePlaced, type PlacedYaml } from './defects.ts';
import type { Lab, Script, Step, WrongAnswer } from './lab.ts';
import { LabFiles } from './lab-files.ts';
import { checkFinding, checkIds, checkText, unknown } from './lab-references.ts';

export interface LoadedLab {
  /** Absent when there are problems: a lab with a defect is not run. */
  lab?: Lab;
  problems: Problem[];
}

/** The labs of a folder, by id, and what is wrong with those that could not be read. */
export interface LabLibrary {
  labs: ReadonlyMap<string, Lab>;
  problems: Problem[];
}

/** Reads every lab folder under `directory`, in the order of its curriculum. */
export async function loadLibrary(directory: string): Promise<LabLibrary> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => wordsOf(error));
  if (typeof entries === 'string') return { labs: new Map(), problems: [folderProblem(directory, entries)] };
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const { order, problems } = await inCurriculumOrder(directory, folders.sort());
  const loaded = await Promise.all(order.map((folder) => loadLab(join(directory, folder))));
  const labs = new Map<string, Lab>();
  for (const { lab } of loaded) if (lab !== undefined) labs.set(lab.id, lab);
  return { labs, problems: [...problems, ...loaded.flatMap((one) => one.problems)] };
}

/** Every image that the labs run, each once. */
export function imagesOf({ labs }: LabLibrary): string[] {
  return [...new Set([...labs.values()].flatMap((lab) => lab.file.spec.images))].sort();
}

function folderProblem(directory: string, detail: string): Problem {
  return {
    code: 'labs-folder-unreadable',
    message: {
      en: `The folder of labs, ${directory}, cannot be read.`,
      ko: `실습 폴더 ${directory}을(를) 읽을 수 없습니다.`,
    },
    fix: {
      en: 'Name another folder with --labs or SWITCHYARD_LABS, or leave both out to use the labs that came along.',
      ko: '--labs나 SWITCHYARD_LABS로 다른 폴더를 지정하거나, 둘 다 빼서 기본 실습을 사용하세요.',
    },
    detail,
  };
}

/** Reads one lab folder. All of its defects are reported at once, each with file, line and column. */
export async function loadLab(folder: string): Promise<LoadedLab> {
  const directory = resolve(folder);
  const defects = new Defects();
  const labPath = join(directory, 'lab.yaml');
  const text = await new LabFiles(directory, defects).read('lab.yaml');
  if (text === undefined) {
    defects.add(
      'missing-file',
      { file: labPath, line: 1, column: 1 },
      { en: 'The folder has no lab.yaml.', ko: '폴더에 lab.yaml이 없습니다.' },
      { en: 'Add lab.yaml, or move the folder elsewhere.', ko: 'lab.yaml을 추가하거나 폴더를 옮기세요.' },
    );
    return { problems: defects.problems };
  }
  const placed = parsePlaced(text, labPath, defects);
  const file = placed === undefined ? undefined : validatePlaced(labFileSchema, placed, defects);
  if (placed === undefined || file === undefined) return { problems: defects.problems };
  const lab = await new LabLoader(directory, file, placed, defects).load();
  return defects.problems.length > 0 ? { problems: defects.problems } : { lab, problems: [] };
}

/** Reads what lab.yaml names. With defects the result is incomplete and must not be used. */
class LabLoader {
  readonly #file: LabFile;
  readonly #placed: PlacedYaml;
  readonly #defects: Defects;
  readonly #files: LabFiles;

  constructor(directory: string, file: LabFile, placed: PlacedYaml, defects: Defects) {
    this.#file = file;
    this.#placed = placed;
    this.#defects = defects;
    this.#files = new LabFiles(directory, defects, file.spec.images);
  }

  async load(): Promise<Lab> {
    const { spec, metadata } = this.#file;
    const placed = this.#placed;
    checkIds(this.#file, placed, basename(this.#files.directory), this.#defects);
    for (const [index, image] of spec.images.entries())
      this.#files.image(image, placed.at(['spec', 'images', index]));
    const text = { en: await this.#text('en'), ko: await this.#text('ko') };
    const at = placed.at(['metadata', 'id']);
    const [namespace = '', pod = ''] = spec.client.pod.split('/');
    const clientManifest = await this.#files.manifest(
      'manifests',
      spec.client.manifest,
      placed.at(['spec', 'client', 'manifest']),
      'manifest',
    );
    const steps: Step[] = [];
    for (const index of spec.steps.keys()) steps.push(await this.#step(index, text));
    return {
      id: metadata.id,
      directory: this.#files.directory,
      file: this.#file,
      text,
      objectives: await this.#files.markdown('objectives.md', at),
      debrief: await this.#files.markdown('debrief.md', at),
      clientManifest: clientManifest ?? { name: spec.client.manifest, yaml: '' },
      client: { namespace, pod },
      steps,
      wrong: await this.#wrongAnswers(),
    };
  }

  async #text(locale: Locale): Promise<LabText> {
    const path = `text/${locale}.yaml`;
    const empty: LabText = { title: '', summary: '', steps: {} };
    const source = await this.#files.read(path);
    if (source === undefined) {
      this.#defects.add(
        'missing-translation',
        this.#placed.at(['metadata', 'id']),
        { en: `The text ${path} is missing.`, ko: `${path} 파일이 없습니다.` },
        { en: `Write ${path}.`, ko: `${path} 파일을 작성하세요.` },
      );
      return empty;
    }
    const placed = parsePlaced(source, join(this.#files.directory, path), this.#defects);
    const text = placed === undefined ? undefined : validatePlaced(labTextSchema, placed, this.#defects);
    if (placed === undefined || text === undefined) return empty;
    checkText(this.#file, this.#placed, locale, text, placed, this.#defects);
    return text;
  }

  async #step(index: number, text: Record<Locale, LabText>): Promise<Step> {
    const spec = this.#file.spec.steps[index];
    if (spec === undefined) throw new Error(`no step ${String(index)}`);
    const at = this.#placed.at(['spec', 'steps', index, 'id']);
    const hints = Array.from({ length: spec.hints }, (_, hint) => ({
      en: text.en.steps[spec.id]?.hints[hint] ?? '',
      ko: text.ko.steps[spec.id]?.hints[hint] ?? '',
    }));
    return {
      id: spec.id,
      spec,
      prose: await this.#files.markdown(`${spec.id}.md`, at),
      setup: await this.#manifests('manifests', spec.setup.manifests, [
        'spec',
        'steps',
        index,
        'setup',
        'manifests',
      ]),
      starters: await this.#manifests('starters', spec.starters, ['spec', 'steps', index, 'starters']),
      hints,
      solution: await this.#solution(spec.id, at),
      explanation: await this.#files.markdown(`${spec.id}.solution.md`, at),
    };
  }

  async #manifests(
    folder: string,
    names: readonly string[],
    path: (string | number)[],
  ): Promise<LabManifest[]> {
    const manifests: LabManifest[] = [];
    for (const [index, name] of names.entries()) {
      const manifest = await this.#files.manifest(
        folder,
        name,
        this.#placed.at([...path, index]),
        'manifest',
      );
      if (manifest !== undefined) manifests.push(manifest);
    }
    return manifests;
  }

  async #solution(stepId: string, namedAt: ReturnType<PlacedYaml['at']>): Promise<Script> {
    const folder = `solution/${stepId}`;
    const path = `${folder}/solution.yaml`;
    const source = await this.#files.read(path);
    if (source === undefined) {
      this.#defects.add(
        'missing-file',
        namedAt,
        { en: `The solution ${path} does not exist.`, ko: `풀이 ${path} 파일이 없습니다.` },
        {
          en: `Write ${path}: every step is proven by its solution.`,
          ko: `${path} 파일을 작성하세요. 모든 단계는 풀이로 검증합니다.`,
        },
      );
      return { actions: [], files: [] };
    }
    const placed = parsePlaced(source, join(this.#files.directory, path), this.#defects);
    const parsed =
      placed === undefined ? undefined : validatePlaced(labSolutionSchema, placed, this.#defects);
    if (placed === undefined || parsed === undefined) return { actions: [], files: [] };
    return this.#script(folder, stepId, parsed.actions, placed);
  }

  /** The files that actions name, and whether the checks that they answer exist. */
  async #script(folder: string, stepId: string, actions: LabAction[], placed: PlacedYaml): Promise<Script> {
    const files: LabManifest[] = [];
    const step = this.#file.spec.steps.find((s) => s.id === stepId);
    for (const [index, action] of actions.entries()) {
      if ('apply' in action) {
        const at = placed.at(['actions', index, 'apply']);
        const manifest = await this.#files.manifest(folder, action.apply, at, 'file');
        if (manifest !== undefined && !files.some((file) => file.name === manifest.name))
          files.push(manifest);
      }
      if ('answer' in action && !step?.checks.some((c) => c.id === action.answer && c.kind === 'answer'))
        unknown('check', action.answer, placed.at(['actions', index, 'answer']), this.#defects);
    }
    return { actions, files };
  }

  async #wrongAnswers(): Promise<WrongAnswer[]> {
    const answers: WrongAnswer[] = [];
    for (const name of await this.#files.folders('wrong')) {
      const folder = `wrong/${name}`;
      const file = join(this.#files.directory, folder, 'wrong.yaml');
      const source = await this.#files.read(`${folder}/wrong.yaml`);
      if (source === undefined) {
        this.#defects.add(
          'missing-file',
          { file, line: 1, column: 1 },
          {
            en: `The wrong answer "${name}" has no wrong.yaml.`,
            ko: `오답 "${name}"에 wrong.yaml이 없습니다.`,
          },
          { en: 'Write it, or remove the folder.', ko: '파일을 작성하거나 폴더를 지우세요.' },
        );
        continue;
      }
      const placed = parsePlaced(source, file, this.#defects);
      const parsed = placed === undefined ? undefined : validatePlaced(labWrongSchema, placed, this.#defects);
      if (placed === undefined || parsed === undefined) continue;
      const step = this.#file.spec.steps.find((s) => s.id === parsed.step);
      if (step === undefined) unknown('step', parsed.step, placed.at(['step']), this.#defects);
      else {
        const check = step.checks.find(({ id }) => id === parsed.check);
        if (check === undefined) unknown('check', parsed.check, placed.at(['check']), this.#defects);
        else checkFinding(check, parsed.finding, placed.at(['finding']), this.#defects);
      }
      const script = await this.#script(folder, parsed.step, parsed.actions, placed);
      answers.push({ ...parsed, ...script, name });
    }
    return answers;
  }
}
