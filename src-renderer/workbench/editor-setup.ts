import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension, Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ManifestProblem } from '#shared/contract.ts';

/** What the editor's own keys do outside of the text. */
export interface EditorKeys {
  readonly apply: () => void;
  readonly leave: () => void;
}

/** Colours come from the design tokens, so the theme needs no second set and no switching. */
const THEME = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--term-bg)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', fontSize: '13px', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--line)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--line)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--term-bg)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--line) 7%, transparent)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--line) 26%, transparent)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--line-soft)', outline: '1px solid var(--line)' },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)', borderColor: 'var(--rule)' },
  '.cm-textfield': { backgroundColor: 'var(--paper)', border: '1px solid var(--rule-strong)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--hover)', border: '1px solid var(--rule)' },
  '.cm-searchMatch': { backgroundColor: 'var(--error-soft)', outline: '1px solid var(--error)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--rule-strong)',
    borderRadius: '4px',
  },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fail)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--error)' },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--syntax-key)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--syntax-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.labelName], color: 'var(--syntax-number)' },
  { tag: tags.comment, color: 'var(--syntax-comment)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.punctuation, tags.separator], color: 'var(--ink-2)' },
]);

/** Everything that the YAML editor is made of, apart from its name and its listeners. */
export function editorExtensions(keys: EditorKeys): Extension[] {
  const act = (run: () => void) => (): boolean => {
    run();
    return true;
  };
  return [
    keymap.of([
      { key: 'Mod-Enter', run: act(keys.apply), preventDefault: true },
      { key: 'Mod-s', run: act(keys.apply), preventDefault: true },
      { key: 'Shift-Escape', run: act(keys.leave), preventDefault: true },
      { key: 'F6', run: act(keys.leave), preventDefault: true },
    ]),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    search({ top: true }),
    indentUnit.of('  '),
    yaml(),
    syntaxHighlighting(COLOURS),
    THEME,
    keymap.of([
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
      indentWithTab,
      ...defaultKeymap,
    ]),
  ];
}

/** Where a problem stands in the text as it is now; a place beyond its end becomes the end. */
export function positionOf(document: Text, line: number, column: number): number {
  const at = document.line(Math.min(Math.max(line, 1), document.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}

export function toDiagnostic(document: Text, problem: ManifestProblem): Diagnostic {
  const from = positionOf(document, problem.line, problem.column);
  const to =
    problem.endLine === undefined
      ? document.lineAt(from).to
      : positionOf(document, problem.endLine, problem.endColumn ?? 1);
  return { from, to: Math.max(from, to), severity: problem.severity, message: problem.message };
}
