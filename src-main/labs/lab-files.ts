import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '#shared/app-error.ts';
import type { LabManifest } from '#shared/lab-view.ts';
import { LOCALES, type LocalizedText } from '#shared/locale.ts';
import { parseYamlDocuments } from '../kube/yaml-documents.ts';
import type { Defects } from './defects.ts';

type Where = NonNullable<Problem['where']>;

/** Reads the files of one lab folder and notes what is missing or broken. Paths are within the folder. */
export class LabFiles {
  readonly directory: string;
  readonly #defects: Defects;
  readonly #images: ReadonlySet<string>;

  constructor(directory: string, defects: Defects, images: readonly string[] = []) {
    this.directory = directory;
    this.#defects = defects;
    this.#images = new Set(images);
  }

  /** The text of a file; undefined when it is not there. */
  async read(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.directory, path), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Names of the folders in a folder, sorted; none when it is not there. */
  async folders(path: string): Promise<string[]> {
    const entries = await readdir(join(this.directory, path), { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  }

  /** A manifest: it has to be there, to be YAML, and to name only images that the lab lists. */
  async manifest(
    folder: string,
    name: string,
    namedAt: Where,
    kind: string,
  ): Promise<LabManifest | undefined> {
    const path = `${folder}/${name}`;
    const yaml = await this.read(path);
    if (yaml === undefined) {
      this.#defects.add(
        'missing-file',
        namedAt,
        { en: `The ${kind} ${path} does not exist.`, ko: `${path} 파일이 없습니다.` },
        { en: 'Add the file, or correct the name.', ko: '파일을 추가하거나 이름을 고치세요.' },
      );
      return undefined;
    }
    const file = join(this.directory, path);
    const { documents, problems } = parseYamlDocuments(yaml);
    for (const problem of problems)
      this.#defects.add(
        'manifest-syntax',
        { file, line: problem.line, column: problem.column },
        { en: `Not valid YAML: ${problem.message}`, ko: `올바른 YAML이 아닙니다: ${problem.message}` },
        { en: 'Correct the manifest here.', ko: '이 위치의 매니페스트를 고치세요.' },
      );
    for (const document of documents)
      for (const { image, path: field } of imagesOf(document.value)) {
        const { line, column } = document.rangeOf(field);
        this.image(image, { file, line, column });
        if (this.#images.size > 0 && !this.#images.has(image))
          this.#defects.add(
            'image-unlisted',
            { file, line, column },
            {
              en: `The image ${image} is not in spec.images.`,
              ko: `이미지 ${image}이(가) spec.images에 없습니다.`,
            },
            {
              en: 'Add it to spec.images of lab.yaml, so that offline packs carry it.',
              ko: '오프라인 팩에 포함되도록 lab.yaml의 spec.images에 추가하세요.',
            },
          );
      }
    return { name, yaml };
  }

  /** Images are pinned: a tag that is not `latest`, or a digest. */
  image(image: string, where: Where): void {
    const tag = /:([\w][\w.-]*)$/.exec(image.split('/').at(-1) ?? '')?.[1];
    if (image.includes('@sha256:') || (tag !== undefined && tag !== 'latest')) return;
    this.#defects.add(
      'image-not-pinned',
      where,
      { en: `The image ${image} has no pinned tag.`, ko: `이미지 ${image}에 고정된 태그가 없습니다.` },
      {
        en: 'Name a version, for example nginx:1.27; "latest" changes from day to day.',
        ko: 'nginx:1.27처럼 버전을 적으세요. "latest"는 수시로 바뀝니다.',
      },
    );
  }

  /** A markdown text in every language. */
  async markdown(name: string, namedAt: Where): Promise<LocalizedText> {
    const texts = { en: '', ko: '' };
    for (const locale of LOCALES) {
      const path = `text/${locale}/${name}`;
      const text = await this.read(path);
      if (text === undefined || text.trim() === '')
        this.#defects.add(
          'missing-translation',
          namedAt,
          { en: `The text ${path} is missing.`, ko: `${path} 글이 없습니다.` },
          { en: `Write ${path}.`, ko: `${path} 파일을 작성하세요.` },
        );
      else texts[locale] = text;
    }
    return texts;
  }
}

/** Every `image:` of a manifest, with its path. */
function imagesOf(
  value: unknown,
  path: (string | number)[] = [],
): { image: string; path: (string | number)[] }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => imagesOf(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string'
      ? [{ image: inner, path: [...path, key] }]
      : imagesOf(inner, [...path, key]),
  );
}
