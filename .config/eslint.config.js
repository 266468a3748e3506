import path from 'node:path';
import tseslint from 'typescript-eslint';

const root = path.resolve(import.meta.dirname, '..');
const rawIpc = 'The window talks to the engine over the typed RPC only; the shell bridge of electron/contract is all there is besides. Raw IPC would be a second, unchecked way in.';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.cache/**', 'test-results/**', 'playwright-report/**', 'resources/**', 'models/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['vite.config.ts'] }, tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'] }] }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } }],
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ['vite.config.ts', 'playwright.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.tsx'],
    ignores: ['**/*.test.ts', '**/*.test.tsx'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'electron', message: rawIpc }, { name: 'ipcRenderer', message: rawIpc }], patterns: [{ group: ['node:*', 'electron/*'], message: 'The page has no Node.' }] }],
      'no-restricted-globals': ['error', { name: 'ipcRenderer', message: rawIpc }, { name: 'require', message: 'The page has no Node.' }],
      'no-restricted-properties': ['error', { object: 'window', property: 'electron', message: rawIpc }, { object: 'window', property: 'require', message: 'The page has no Node.' }],
    },
  },
  {
    files: ['e2e/**/*.ts', 'electron/main/**/*.test.ts'],
    rules: {
      'no-restricted-syntax': ['error',
        { selector: 'CallExpression[callee.property.name="waitForTimeout"]', message: 'waitForTimeout makes tests slow where the machine is fast and false where it is slow: wait for what the person would see (expect(locator), expect.poll).' },
        { selector: 'CallExpression[callee.property.name="only"][callee.object.name=/^(test|describe|it)$/]', message: 'A focused test hides the others.' },
      ],
    },
  },
);
