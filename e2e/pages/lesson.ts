import { expect, type Locator, type Page } from '@playwright/test';
import { fill, labText, WORDS, type Language } from '../words.ts';

type Outcome = 'pass' | 'fail' | 'error' | 'not-run';

/** The left half of a lab: prose, signals, help, and the way on. */
export class Lesson {
  readonly page: Page;
  readonly language: Language;
  readonly root: Locator;
  readonly signals: Locator;
  readonly check: Locator;
  readonly next: Locator;
  readonly points: Locator;
  readonly hints: Locator;
  readonly files: Locator;
  readonly stations: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.language = language;
    const { lesson } = WORDS[language];
    this.root = page.getByRole('main', { name: lesson.title, exact: true });
    this.signals = this.root.getByRole('region', { name: lesson.signals, exact: true });
    this.check = this.signals.getByRole('button', { name: lesson.check, exact: true });
    this.next = this.root.getByRole('button', { name: new RegExp(`^(${lesson.next}|${lesson.finish})$`) });
    this.points = this.root.getByText(/^\d+ \/ \d+ /);
    this.hints = this.root.getByRole('list', { name: lesson.hints, exact: true });
    this.files = this.root.getByRole('list', { name: lesson.files });
    this.stations = this.root.getByRole('navigation', { name: lesson.line });
  }

  /** Waits until step `n` of the lab is on the page. */
  async isAtStep(n: number): Promise<void> {
    await expect(this.root.getByText(fill(WORDS[this.language].lesson.step, { n, total: 5 }))).toBeVisible();
  }

  signal(step: string, check: string): Signal {
    return new Signal(this, step, check);
  }

  async nextHint(n: number): Promise<void> {
    const name = fill(WORDS[this.language].lesson.hintNext, { n, total: 3 });
    await this.root.getByRole('button', { name }).click();
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }
}

/** One check as the learner sees it: a light, a word, a title; perhaps a question. */
export class Signal {
  readonly row: Locator;
  readonly title: string;
  readonly #lesson: Lesson;

  constructor(lesson: Lesson, step: string, check: string) {
    this.#lesson = lesson;
    this.title = labText(lesson.language).steps[step]?.checks[check]?.title ?? '';
    this.row = lesson.signals.getByRole('listitem').filter({ has: this.#opener() });
  }

  /** Waits for the word of an outcome. */
  /** @param timeout in milliseconds, where more than the usual patience is due */
  async shows(outcome: Outcome, timeout?: number): Promise<void> {
    const word = WORDS[this.#lesson.language].signal[outcome];
    const button = this.row.getByRole('button', { name: `${word}. ` });
    await expect(button).toBeVisible(timeout === undefined ? {} : { timeout });
  }

  async write(answer: string): Promise<void> {
    await this.row.getByRole('textbox').fill(answer);
    await this.#submit();
  }

  async choose(answer: string): Promise<void> {
    await this.row.getByRole('radio', { name: answer }).check();
    await this.#submit();
  }

  async #submit(): Promise<void> {
    await this.row
      .getByRole('button', { name: WORDS[this.#lesson.language].lesson.submit, exact: true })
      .click();
  }

  /** Opens the sheet with everything about the verdict. */
  async open(): Promise<Sheet> {
    await this.row.getByRole('button', { name: this.title }).click();
    return new Sheet(this.#lesson, this.title);
  }

  #opener(): Locator {
    return this.#lesson.page.getByRole('button', {
      name: fill(WORDS[this.#lesson.language].signal.open, { title: this.title }),
    });
  }
}

/** The sheet of one signal. */
export class Sheet {
  readonly root: Locator;
  readonly showOnTrack: Locator;
  readonly evidence: Locator;
  readonly #lesson: Lesson;

  constructor(lesson: Lesson, title: string) {
    this.#lesson = lesson;
    this.root = lesson.page.getByRole('dialog', { name: title });
    this.showOnTrack = this.root.getByRole('button', { name: WORDS[lesson.language].signal.showOnTrack });
    this.evidence = this.root.locator('pre');
  }

  /** What stands beside a word: Expected, Seen, Why. */
  part(word: 'expected' | 'actual' | 'why'): Locator {
    const term = this.root.getByRole('term').filter({ hasText: WORDS[this.#lesson.language].signal[word] });
    return term.locator('xpath=following-sibling::dd[1]');
  }

  async close(): Promise<void> {
    await this.#lesson.page.keyboard.press('Escape');
    await expect(this.root).toBeHidden();
  }
}
