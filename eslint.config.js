import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

/** Imports point one way: renderer → shared ← main → emulator (docs/architecture.md). */
const folders = ['src-shared', 'src-emulator', 'src-main', 'src-renderer'];
const mayImport = {
  'src-shared': [],
  'src-emulator': [],
  'src-main': ['src-shared', 'src-emulator'],
  'src-renderer': ['src-shared'],
};

const boundaries = folders.map((folder) => {
  const closed = folders.filter((other) => other !== folder && !mayImport[folder].includes(other));
  return {
    files: [`${folder}/**/*.{ts,vue}`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: closed.flatMap((other) => [`#${other.slice('src-'.length)}/*`, `**/${other}/**`]),
              message: `${folder} may import from ${mayImport[folder].join(', ') || 'itself'} only.`,
            },
            ...(folder === 'src-shared' || folder === 'src-renderer'
              ? [{ group: ['node:*', 'electron'], message: `${folder} runs where there is no Node.` }]
              : []),
            ...(folder === 'src-main'
              ? [
                  {
                    group: ['#emulator/*/**'],
                    message: 'Use what src-emulator/index.ts offers.',
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', '.cache/', 'test-results/', '**/generated/**'] },
  ...tseslint.configs.strictTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  ...boundaries,
  {
    files: ['src-emulator/**/*.ts'],
    ignores: ['src-emulator/clock.ts', 'src-emulator/process.ts', 'src-emulator/**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval'].map((name) => ({
          name,
          message: 'Take the time from the injected Clock.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the time from the injected Clock.' },
      ],
    },
  },
  {
    files: ['**/*.vue'],
    rules: {
      'vue/multi-word-component-names': 'off',
      // Prettier decides the layout of templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  { files: ['**/*.test.ts', 'e2e/**', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  { files: ['src-main/hosts/cli/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
