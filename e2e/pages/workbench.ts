import { expect, type Locator, type Page } from '@playwright/test';
import { fill, WORDS, type Language, type Words } from '../words.ts';

export type Tab = 'terminals' | 'yaml' | 'resources' | 'events' | 'logs';

/** The right half of a lab: the track, and under it the tools. */
export class Workbench {
  readonly page: Page;
  readonly language: Language;
  readonly root: Locator;
  readonly track: Track;
  readonly editor: Editor;
  readonly resources: Resources;
  readonly words: Words;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.language = language;
    this.words = WORDS[language];
    this.root = page.getByRole('region', { name: this.words.bench.title, exact: true });
    this.track = new Track(this);
    this.editor = new Editor(this);
    this.resources = new Resources(this);
  }

  async show(tab: Tab): Promise<void> {
    await this.root
      .getByRole('tablist', { name: this.words.bench.title, exact: true })
      .getByRole('tab', { name: this.words.bench[tab] })
      .click();
  }

  terminal(pod: string): PodTerminal {
    return new PodTerminal(this, pod);
  }
}

/** The picture of a request's path. */
export class Track {
  readonly bench: Workbench;
  readonly root: Locator;
  readonly picture: Locator;
  /** One sentence about the whole path. */
  readonly sentence: Locator;
  readonly send: Locator;

  constructor(bench: Workbench) {
    this.bench = bench;
    const { track } = bench.words;
    this.root = bench.root.getByRole('region', { name: track.title, exact: true });
    this.picture = this.root.getByRole('group', { name: track.picture });
    this.sentence = this.root.getByTestId('track-sentence');
    this.send = this.root.getByRole('button', { name: track.send });
  }

  /** A stop of the line: Client, DNS, Service, EndpointSlice. */
  stop(title: string): Locator {
    const name = new RegExp(`^${title}: `);
    // A stop opens its object when there is one.
    return this.picture.getByRole('button', { name }).or(this.picture.getByRole('img', { name }));
  }

  pod(name: string): Locator {
    return this.picture.getByRole('button', { name: `Pod ${name}` });
  }

  get pods(): Locator {
    return this.picture.getByRole('button', { name: /^Pod / });
  }
}

/** The YAML editor, and what the API server said. */
export class Editor {
  readonly bench: Workbench;
  readonly text: Locator;
  readonly apply: Locator;
  readonly result: Locator;

  constructor(bench: Workbench) {
    this.bench = bench;
    const { yaml, panels } = bench.words;
    this.text = bench.root.getByRole('textbox', { name: new RegExp(`^${fill(yaml.label, { name: '' })}`) });
    this.apply = bench.root.getByRole('button', { name: yaml.apply, exact: true });
    this.result = bench.root.getByRole('region', { name: panels.yamlResults, exact: true });
  }

  async write(yaml: string): Promise<void> {
    await this.text.fill(yaml);
  }

  /** Replaces the text and applies it. */
  async applyText(yaml: string): Promise<void> {
    await this.write(yaml);
    await this.apply.click();
  }

  /** The mark in the gutter, beside the line that has a problem. */
  get mark(): Locator {
    return this.bench.root.locator('.cm-lint-marker-error');
  }

  /** The line with the number. */
  line(number: number): Locator {
    return this.text.locator('.cm-line').nth(number - 1);
  }
}

/** Tables of objects, and one of them closely. */
export class Resources {
  readonly bench: Workbench;
  readonly detail: Locator;

  constructor(bench: Workbench) {
    this.bench = bench;
    this.detail = bench.root.getByTestId('resource-detail');
  }

  /** Rows of the table of a kind, whose names begin so. */
  rows(name: string): Locator {
    return this.bench.root.getByRole('grid').getByRole('row', { name: new RegExp(`^${name}`) });
  }

  /** Deletes one object the way a learner does: row, Delete, and yes. */
  async delete(name: string): Promise<void> {
    const { resources, panels } = this.bench.words;
    await this.bench.show('resources');
    await this.rows(name).first().click();
    await this.detail.getByRole('button', { name: resources.delete, exact: true }).click();
    const question = this.bench.page.getByRole('dialog');
    await question.getByRole('button', { name: panels.deleteNow, exact: true }).click();
    await expect(question).toBeHidden();
  }
}

/** A shell in a pod. */
export class PodTerminal {
  readonly bench: Workbench;
  readonly input: Locator;
  /** What is on the screen, as text. */
  readonly screen: Locator;
  readonly tab: Locator;

  constructor(bench: Workbench, pod: string) {
    this.bench = bench;
    const { terminal } = bench.words;
    const shell = bench.root.getByRole('region', { name: fill(terminal.label, { pod }), exact: true });
    this.input = shell.getByRole('textbox');
    this.screen = shell.getByTestId('terminal-text');
    this.tab = bench.root.getByRole('tablist', { name: terminal.list }).getByRole('tab', { name: pod });
  }

  /** Waits for a prompt. */
  async ready(): Promise<void> {
    await expect(this.screen).toHaveText(/[#$]\s*$/);
  }

  /** Types a line and presses Enter. */
  async type(line: string): Promise<void> {
    await this.input.focus();
    await this.bench.page.keyboard.type(`${line}\n`);
  }
}
